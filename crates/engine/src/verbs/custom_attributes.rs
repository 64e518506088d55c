//! Set custom attributes of a device, and take others away. Those that are not named stay.

use std::collections::BTreeMap;

use async_trait::async_trait;
use jiff::Timestamp;
use muster_client::{Client, Error};
use muster_model::Call;
use muster_model::devices::{
    AttributeList, AttributeName, AttributeNames, Attributes, AttributesQuery, NewAttribute, RemoveAttributes,
    SetAttributes as Set,
};
use muster_model::ids::DeviceId;
use serde_json::json;

use super::{Applied, Certainty, Evidence, Failure, Tools, Verb};

pub(super) struct SetAttributes {
    pub device: DeviceId,
    pub set: Vec<(String, String)>,
    pub remove: Vec<String>,
}

/// What a new attribute belongs to: the tenant wants every one to belong to something.
const APPLICATION: &str = "muster";

/// Values and the application that each belongs to, by name in lower case: names are told apart without regard to case.
type Present = BTreeMap<String, (String, Option<String>)>;

#[async_trait]
impl Verb for SetAttributes {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let present = self.read(tools.client).await.map_err(|error| Failure::before(&error))?;
        let (set, gone) = self.open(&present);
        if set.is_empty() && gone.is_empty() {
            return Ok(Applied::already("the attributes are so already"));
        }
        let names = set.iter().map(|(name, _)| name).chain(&gone);
        let image: BTreeMap<&String, Option<&String>> =
            names.map(|name| (name, present.get(&name.to_lowercase()).map(|(value, _)| value))).collect();
        tools.before(json!({ "attributes": image })).await?;
        let application = |name: &str| {
            let known = present.get(&name.to_lowercase()).and_then(|(_, application)| application.clone());
            Some(known.unwrap_or_else(|| APPLICATION.to_owned()))
        };
        let mut done = false;
        if !set.is_empty() {
            let attribute = |(name, value): (String, String)| NewAttribute {
                application_group: application(&name),
                name: Some(name),
                value: Some(value),
                ..NewAttribute::default()
            };
            let list = AttributeList {
                custom_attributes: Some(set.into_iter().map(attribute).collect()),
                ..AttributeList::default()
            };
            let answer = tools.writer.send(Call::<Set>::with_body(self.device, list)).await;
            let answer = answer.map_err(|error| Failure::write(&error))?;
            if let Some(fault) = answer.as_ref().and_then(|answer| answer.faults.fault.first()) {
                return Err(Failure::invalid(format!("{}: {}", fault.item_value, fault.message)));
            }
            done = true;
        }
        if !gone.is_empty() {
            let name = |name: String| AttributeName {
                application_group: application(&name),
                name: Some(name),
                ..AttributeName::default()
            };
            let names = AttributeNames {
                custom_attributes: Some(gone.into_iter().map(name).collect()),
                ..AttributeNames::default()
            };
            let sent = tools.writer.send(Call::<RemoveAttributes>::with_body(self.device, names)).await;
            // The first half is done: what became of the whole is read back.
            let open =
                |failure: Failure| if done { Failure { certainty: Certainty::Open, ..failure } } else { failure };
            sent.map_err(|error| open(Failure::write(&error)))?;
        }
        Ok(Applied::sent(None))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let present = self.read(tools.client).await.map_err(|error| Failure::after(&error))?;
        let (set, gone) = self.open(&present);
        let fulfilled = set.is_empty() && gone.is_empty();
        Ok(if fulfilled { Evidence::Fulfilled { command_id: None } } else { Evidence::Absent })
    }
}

impl SetAttributes {
    async fn read(&self, client: &Client) -> Result<Present, Error> {
        let query = AttributesQuery { deviceid: Some(self.device.0), ..AttributesQuery::default() };
        let devices = client.pages::<Attributes>((), query).collect().await?;
        let own = devices.into_iter().filter(|device| device.device_id.is_none_or(|id| id == self.device));
        let named = own.flat_map(|device| device.custom_attributes).filter_map(|attribute| {
            let name = attribute.name?.to_lowercase();
            Some((name, (attribute.value.unwrap_or_default(), attribute.application)))
        });
        Ok(named.collect())
    }

    /// What is still to be set, and what is still to go.
    fn open(&self, present: &Present) -> (Vec<(String, String)>, Vec<String>) {
        let at = |name: &str| present.get(&name.to_lowercase());
        let set = self.set.iter().filter(|(name, value)| at(name).is_none_or(|(now, _)| now != value));
        let gone = self.remove.iter().filter(|name| at(name).is_some());
        (set.cloned().collect(), gone.cloned().collect())
    }
}
