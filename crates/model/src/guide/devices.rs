//! `/API/v1/devices`: search, read, retag, command.

use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

use crate::devices::{Device, DevicePage, DeviceQuery};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::page::paged;
use crate::record::{derived, record};

endpoint! {
    /// Devices that match every given criterion.
    DevicesSearch = "guide.devices.search" is "guide/devices.search":
        GET "/API/v1/devices/search", Read;
    path: (); query: DeviceQuery; body: Nothing; answer: DevicePage, or empty;
}

paged! { DevicesSearch: Device in devices, counted by total, told apart by uuid or id }

endpoint! {
    /// One device with its tags.
    DevicesGet = "guide.devices.get" is "guide/devices.get":
        GET "/API/v1/devices/{id}", Read;
    path: DeviceId; query: Nothing; body: Nothing; answer: Device;
}

/// Fields to change; an absent one stays as it is. `Tags` replaces the whole set.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeviceEdit {
    #[serde(deserialize_with = "names", skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_friendly_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership: Option<String>,
}

/// PowerShell sends a list of one as a text and an empty one as `null`; both mean a set of tags.
fn names<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<String>>, D::Error> {
    match serde_json::Value::deserialize(deserializer)? {
        serde_json::Value::Null => Ok(Some(Vec::new())),
        serde_json::Value::String(one) => Ok(Some(vec![one])),
        list => serde_json::from_value(list).map(Some).map_err(serde::de::Error::custom),
    }
}

endpoint! {
    /// Changes a device; `Tags` replaces the set.
    DeviceUpdate = "guide.devices.update" is "guide/devices.update":
        PUT "/API/v1/devices/{id}", Write;
    path: DeviceId; query: Nothing; body: DeviceEdit; answer: Nothing, or empty;
}

/// `{"Command":"…", …}`: what a command needs besides its name stands beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CommandRequest {
    pub command: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub application_id: Option<i64>,
    #[serde(flatten)]
    pub parameters: serde_json::Map<String, serde_json::Value>,
}

record! {
    /// What identifies the command in the history of its device.
    CommandAnswer {
        command_uuid: Option<Uuid> = "CommandUuid",
    }
}

endpoint! {
    /// Queues a command for one device. Classed by the worst command that it accepts.
    SendCommand = "guide.devices.command" is "guide/devices.command":
        POST "/API/v1/devices/{id}/commands", Destroy;
    path: DeviceId; query: Nothing; body: CommandRequest; answer: CommandAnswer, or empty;
}

derived! { DeviceEdit CommandRequest }
