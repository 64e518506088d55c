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
use serde_json::{Value, json};

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
        let missing = self.missing(tools.client).await.map_err(|error| Failure::before(&error))?;
        if missing.is_empty() {
            return Ok(Applied::already("the attributes are so already"));
        }
        tools.before(missing.image()).await?;
        let gone = missing.gone_names();
        let set = missing.attributes();
        let mut done = false;
        if !set.is_empty() {
            let list = AttributeList { custom_attributes: Some(set), ..AttributeList::default() };
            let answer = tools.writer.send(Call::<Set>::with_body(self.device, list)).await;
            let answer = answer.map_err(|error| Failure::write(&error))?;
            if let Some(fault) = answer.as_ref().and_then(|answer| answer.faults.fault.first()) {
                return Err(Failure::invalid(format!("{}: {}", fault.item_value, fault.message)));
            }
            done = true;
        }
        if !gone.is_empty() {
            let names = AttributeNames { custom_attributes: Some(gone), ..AttributeNames::default() };
            let sent = tools.writer.send(Call::<RemoveAttributes>::with_body(self.device, names)).await;
            // The first half is done: what became of the whole is read back.
            let open =
                |failure: Failure| if done { Failure { certainty: Certainty::Open, ..failure } } else { failure };
            sent.map_err(|error| open(Failure::write(&error)))?;
        }
        Ok(Applied::sent(None))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let missing = self.missing(tools.client).await.map_err(|error| Failure::after(&error))?;
        Ok(if missing.is_empty() { Evidence::Fulfilled { command_id: None } } else { Evidence::Absent })
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

    /// Reads what the device has, and tells what is still to be done.
    pub(super) async fn missing(&self, client: &Client) -> Result<Missing, Error> {
        let present = self.read(client).await?;
        let at = |name: &str| present.get(&name.to_lowercase());
        let set = self.set.iter().filter(|(name, value)| at(name).is_none_or(|(now, _)| now != value));
        let gone = self.remove.iter().filter(|name| at(name).is_some());
        Ok(Missing { set: set.cloned().collect(), gone: gone.cloned().collect(), present })
    }
}

/// What is still to be set, and what is still to go.
pub(super) struct Missing {
    set: Vec<(String, String)>,
    gone: Vec<String>,
    present: Present,
}

impl Missing {
    pub(super) fn is_empty(&self) -> bool {
        self.set.is_empty() && self.gone.is_empty()
    }

    /// What each attribute was before.
    pub(super) fn image(&self) -> Value {
        let names = self.set.iter().map(|(name, _)| name).chain(&self.gone);
        let was = |name: &String| self.present.get(&name.to_lowercase()).map(|(value, _)| value.clone());
        let image: BTreeMap<&String, Option<String>> = names.map(|name| (name, was(name))).collect();
        json!({ "attributes": image })
    }

    /// Those that are to be set, as the tenant takes them.
    pub(super) fn attributes(&self) -> Vec<NewAttribute> {
        let attribute = |(name, value): &(String, String)| NewAttribute {
            application_group: self.application(name),
            name: Some(name.clone()),
            value: Some(value.clone()),
            ..NewAttribute::default()
        };
        self.set.iter().map(attribute).collect()
    }

    fn gone_names(&self) -> Vec<AttributeName> {
        let name = |name: &String| AttributeName {
            application_group: self.application(name),
            name: Some(name.clone()),
            ..AttributeName::default()
        };
        self.gone.iter().map(name).collect()
    }

    fn application(&self, name: &str) -> Option<String> {
        let known = self.present.get(&name.to_lowercase()).and_then(|(_, application)| application.clone());
        Some(known.unwrap_or_else(|| APPLICATION.to_owned()))
    }
}
