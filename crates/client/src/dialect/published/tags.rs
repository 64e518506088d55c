//! Tags: the guide replaces a device's set in one call; here every difference is a call, by the tag's id.

use std::collections::BTreeSet;
use std::sync::Arc;

use muster_model::Call;
use muster_model::devices::Device;
use muster_model::ids::{OrganizationGroupId, TagId};
use muster_model::tags::{
    Add, AddDevices, BulkAnswer, BulkValues, Devices, DevicesQuery, NewTag, OfDevice, RemoveDevices, Search, Tag,
    TagQuery,
};
use muster_model::{Fault, Nothing, error::code};

use super::{before, halfway};
use crate::{Client, Error, HeldTag, Kind, Receipt, Writer};

/// `TagType` of a device tag.
const DEVICE_TAG: i64 = 1;

/// One step towards the new set.
enum Step {
    Make { name: String },
    Put(TagId),
    Take(TagId),
}

pub(crate) async fn set_tags(writer: &Writer, device: &Device, tags: &[String]) -> Result<Receipt, Error> {
    let Some(present) = &device.tags else {
        return Err(Error::Invalid("the tags of the device are not known: read it first".to_owned()));
    };
    // Everything is looked up before anything is changed.
    let mut steps = Vec::new();
    let mut added: Vec<&String> = Vec::new();
    for name in tags.iter().filter(|name| !present.contains(name)) {
        if added.contains(&name) {
            continue;
        }
        added.push(name);
        steps.push(match find(writer.client(), name).await.map_err(before)? {
            Some(id) => Step::Put(id),
            None => Step::Make { name: name.clone() },
        });
    }
    for name in present.iter().filter(|name| !tags.contains(name)) {
        match of_device(writer.client(), device, name).await.map_err(before)? {
            Some(id) => steps.push(Step::Take(id)),
            None => return Err(Error::Invalid(format!("the tenant does not list the tag `{name}` of the device"))),
        }
    }
    for (done, step) in steps.iter().enumerate() {
        take(writer, device, step).await.map_err(|error| halfway(done, steps.len(), error))?;
    }
    Ok(Receipt::default())
}

async fn take(writer: &Writer, device: &Device, step: &Step) -> Result<(), Error> {
    let values = || BulkValues::of([device.id.0]);
    let answer = match step {
        Step::Make { name } => {
            let tag = make(writer, device, name).await?;
            let put = writer.send(Call::<AddDevices>::with_body(tag, values())).await;
            // The tag is made: that much is done.
            put.map_err(|error| halfway(1, 2, error))?
        }
        Step::Put(tag) => writer.send(Call::<AddDevices>::with_body(*tag, values())).await?,
        Step::Take(tag) => writer.send(Call::<RemoveDevices>::with_body(*tag, values())).await?,
    };
    // Whoever did not hear what it said of the device does not know whether it was refused.
    answer.as_ref().map_or_else(|| Err(unheard()), accepted)
}

fn unheard() -> Error {
    let source = Arc::new(std::io::Error::from(std::io::ErrorKind::UnexpectedEof));
    Error::Lost { endpoint: "tags", timed_out: false, write: true, source }
}

/// A bulk call is a success as a whole even if it refuses each of its items. Code 400 says that the device
/// has the tag already, or has it no more.
fn accepted(answer: &BulkAnswer) -> Result<(), Error> {
    let refused = answer.faults.fault.iter().find(|fault| fault.error_code != code::BAD_REQUEST);
    let refused =
        refused.map(|fault| Fault { error_code: fault.error_code, message: fault.message.clone(), activity_id: None });
    let Some(fault) = refused else { return Ok(()) };
    Err(Error::Answered { endpoint: "tags", status: 200, fault: Some(Box::new(fault)), kind: Kind::Invalid })
}

async fn make(writer: &Writer, device: &Device, name: &str) -> Result<TagId, Error> {
    let tag = NewTag {
        tag_name: name.to_owned(),
        tag_type: DEVICE_TAG,
        tag_avatar: String::new(),
        location_group_id: OrganizationGroupId(device.location_group_id.id.0.0),
        ..Default::default()
    };
    let made = match writer.send(Call::<Add>::with_body((), tag)).await {
        Ok(made) => made,
        // Somebody else may have made it between the search and now.
        Err(error) if matches!(error.kind(), Kind::Conflict | Kind::Invalid) => {
            return find(writer.client(), name).await?.ok_or(error);
        }
        Err(error) => return Err(error),
    };
    match made {
        Some(made) => Ok(TagId(made.value)),
        None => find(writer.client(), name)
            .await?
            .ok_or_else(|| Error::Invalid(format!("the tenant made the tag `{name}` and does not list it"))),
    }
}

/// The tags of exactly this name, one for each organization group that has one; the search matches parts of names.
async fn named(client: &Client, name: &str) -> Result<Vec<Tag>, Error> {
    let query = TagQuery { name: Some(name.to_owned()), ..TagQuery::default() };
    let tags = client.pages::<Search>((), query).collect().await?;
    Ok(tags.into_iter().filter(|tag| tag.tag_name == name).collect())
}

pub(crate) async fn held_tags(client: &Client, name: &str) -> Result<Vec<HeldTag>, Error> {
    let query = TagQuery { name: Some(name.to_owned()), ..TagQuery::default() };
    let mut held = Vec::new();
    for tag in client.pages::<Search>((), query).collect().await? {
        if !tag.tag_name.eq_ignore_ascii_case(name) {
            continue;
        }
        let devices = match client.read(Call::<Devices>::new(tag.id.0, DevicesQuery::default())).await {
            Ok(holders) => holders.device.into_iter().filter_map(|device| device.device_id).collect(),
            // No device has it.
            Err(error) if error.kind() == Kind::NotFound && error.fault().is_some() => BTreeSet::new(),
            Err(error) => return Err(error),
        };
        held.push(HeldTag { id: tag.id.0, devices });
    }
    Ok(held)
}

async fn find(client: &Client, name: &str) -> Result<Option<TagId>, Error> {
    Ok(named(client, name).await?.first().map(|tag| tag.id.0))
}

/// The tag of this name that the device has: where several groups have one of that name, its UUID tells which.
async fn of_device(client: &Client, device: &Device, name: &str) -> Result<Option<TagId>, Error> {
    let tags = named(client, name).await?;
    let (Some(uuid), true) = (device.uuid, tags.len() > 1) else { return Ok(tags.first().map(|tag| tag.id.0)) };
    let own = client.read(Call::<OfDevice>::new(uuid, Nothing)).await?.tags;
    let own = tags.iter().find(|tag| tag.uuid.is_some() && own.iter().any(|own| own.uuid == tag.uuid));
    Ok(own.map(|tag| tag.id.0))
}

#[cfg(test)]
mod tests {
    use muster_model::tags::{Faults, ItemFault};

    use super::*;

    #[test]
    fn already_tagged_is_a_success_and_any_other_fault_is_not() {
        let answer = |error_code| {
            let fault =
                ItemFault { error_code, item_value: "52".to_owned(), message: "m".to_owned(), ..Default::default() };
            BulkAnswer {
                total_items: 1,
                failed_items: 1,
                faults: Faults { fault: vec![fault], ..Default::default() },
                ..BulkAnswer::default()
            }
        };
        assert!(accepted(&BulkAnswer::default()).is_ok());
        assert!(accepted(&answer(400)).is_ok());
        assert_eq!(accepted(&answer(5002)).map_err(|error| error.kind()), Err(Kind::Invalid));
    }
}
