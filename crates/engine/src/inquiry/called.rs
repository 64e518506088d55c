//! Reads the devices that calls name, so that the guard sees of them what it sees of the devices of a verb. One call for
//! one device, few for a list, none for what is about no device.

use std::collections::{HashMap, HashSet};

use muster_client::{Client, DeviceFilter, Dialect, Error, Kind};
use muster_model::Call;
use muster_model::bulk::BulkValues;
use muster_model::catalog::{DeviceName, Named};
use muster_model::devices::{ByQuery, Device, Find, FindMany, FindQuery};
use serde_json::{Map, Value, json};

use crate::plan::{Action, Draft, DraftItem, Target};

/// So many devices by UUID are asked for one by one; of more it is cheaper to read all of them.
const EACH: usize = 10;
/// The most that one call is asked for.
const ASKED: usize = 500;

/// The same draft, in which calls know their devices. One that removes the record of a device becomes the verb for that.
pub(crate) async fn devices_of(client: &Client, mut draft: Draft) -> Draft {
    for item in &mut draft.items {
        know(client, item).await;
    }
    draft
}

async fn know(client: &Client, item: &mut DraftItem) {
    let (Action::CallOperation { call }, Target::Resource { devices, unread, .. }) = (&item.action, &mut item.target)
    else {
        return;
    };
    let (names, one) = match call.devices() {
        Named::Nothing => return,
        Named::One(name) => (vec![name], true),
        Named::Many(names) => (names, false),
        // The facts say so themselves, whenever they are asked.
        Named::Unclear(_) => return,
    };
    // What is remembered may be older than what the guard should believe.
    let found = match find(&client.fresh(), &names).await {
        Ok(found) => found,
        Err(error) => {
            *unread = Some(error.to_string());
            return;
        }
    };
    if let Some(name) = names.iter().find(|name| !found.contains_key(name)) {
        *unread = Some(format!("the tenant has no device {name}"));
    }
    let mut seen = HashSet::new();
    let known: Vec<&Device> =
        names.iter().filter_map(|name| found.get(name)).filter(|device| seen.insert(device.id.0)).collect();
    item.before = before(&known, one);
    match &known[..] {
        [device] if one => {
            item.target = Target::Device((*device).into());
            if call.deletes_devices() {
                item.action = Action::DeleteDevice;
            }
        }
        _ => *devices = known.into_iter().map(Into::into).collect(),
    }
}

/// Whether they were enrolled: what was not need not be when it is sent.
fn before(devices: &[&Device], one: bool) -> Option<Value> {
    let enrollment = |device: &Device| Value::from(device.enrollment_status.as_str());
    match devices {
        [] => None,
        [device] if one => Some(json!({ "enrollment": enrollment(device) })),
        many => {
            let states: Map<String, Value> =
                many.iter().map(|device| (device.id.0.to_string(), enrollment(device))).collect();
            Some(json!({ "enrollments": states }))
        }
    }
}

/// The devices that there are of these, by their names.
async fn find(client: &Client, names: &[DeviceName]) -> Result<HashMap<DeviceName, Device>, Error> {
    let mut found = HashMap::new();
    let ids: Vec<_> = names
        .iter()
        .filter_map(|name| match name {
            DeviceName::Id(id) => Some(*id),
            _ => None,
        })
        .collect();
    let by_id = match ids[..] {
        [] => Vec::new(),
        [id] => at_most_one(client.device_record(id).await)?,
        _ => client.devices_by_id(&ids).await?,
    };
    found.extend(by_id.into_iter().map(|device| (DeviceName::Id(device.id.0), device)));
    let others: Vec<&DeviceName> = names.iter().filter(|name| !matches!(name, DeviceName::Id(_))).collect();
    if others.is_empty() {
        return Ok(found);
    }
    let many = others.len() > 1 && others.iter().all(|name| !matches!(name, DeviceName::Uuid(_)));
    let devices = if client.dialect() == Dialect::Guide || (!many && others.len() > EACH) {
        client.devices(&DeviceFilter::default()).await?
    } else if many {
        listed(client, &others).await?
    } else {
        for name in others {
            let (by, value) = search(name);
            let query = FindQuery { searchby: by.to_owned(), id: value, ..FindQuery::default() };
            let device = at_most_one(client.read(Call::<Find>::new((), query)).await)?;
            found.extend(device.into_iter().map(|device| (name.clone(), device)));
        }
        return Ok(found);
    };
    let mut wanted: HashMap<(&str, String), &DeviceName> = HashMap::new();
    for name in others {
        let (by, value) = search(name);
        wanted.insert((by, plain(&value)), name);
    }
    for device in &devices {
        for (by, value) in identifiers(device) {
            // The first of several is meant.
            if let Some(name) = wanted.remove(&(by, value)) {
                found.insert(name.clone(), device.clone());
            }
        }
    }
    Ok(found)
}

/// Devices by one identifier, a call for five hundred.
async fn listed(client: &Client, names: &[&DeviceName]) -> Result<Vec<Device>, Error> {
    let mut by_word: HashMap<&str, Vec<String>> = HashMap::new();
    for name in names {
        let (by, value) = search(name);
        by_word.entry(by).or_default().push(value);
    }
    let mut devices = Vec::new();
    for (by, values) in by_word {
        for some in values.chunks(ASKED) {
            let query = ByQuery { searchby: by.to_owned(), ..ByQuery::default() };
            let call = Call::<FindMany> { path: (), query, body: BulkValues::of(some) };
            devices.extend(client.read(call).await?.devices);
        }
    }
    Ok(devices)
}

fn search(name: &DeviceName) -> (&'static str, String) {
    match name {
        DeviceName::Id(id) => ("DeviceId", id.to_string()),
        DeviceName::Uuid(uuid) => ("Uuid", uuid.to_string()),
        DeviceName::Serial(serial) => ("Serialnumber", serial.clone()),
        DeviceName::Other(by, value) => (by, value.clone()),
    }
}

/// What a record tells of a device's names, by the words of [`search`].
fn identifiers(device: &Device) -> impl Iterator<Item = (&'static str, String)> {
    let known = [
        ("Uuid", device.uuid.map(|uuid| uuid.to_string()).unwrap_or_default()),
        ("Serialnumber", device.serial_number.to_string()),
        ("Udid", device.udid.to_string()),
        ("Macaddress", device.mac_address.to_string()),
        ("ImeiNumber", device.imei.to_string()),
    ];
    known.into_iter().filter(|(_, value)| !value.is_empty()).map(|(by, value)| (by, plain(&value)))
}

/// Tenants write addresses and UUIDs with and without what divides them.
fn plain(name: &str) -> String {
    name.replace([':', '-'], "").to_lowercase()
}

fn at_most_one(read: Result<Device, Error>) -> Result<Vec<Device>, Error> {
    match read {
        Ok(device) => Ok(vec![device]),
        Err(error) if error.kind() == Kind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}
