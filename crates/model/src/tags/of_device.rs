//! `GET /api/mdm/devices/{uuid}/tags`: the tags of one device.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::time::{Stamp, or_never};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceTag {
    pub name: String,
    pub uuid: Option<Uuid>,
    #[serde(with = "or_never")]
    pub date_tagged: Option<Stamp>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DeviceTags {
    pub tags: Vec<DeviceTag>,
}

endpoint! {
    /// The tags of one device, by the device's UUID.
    OfDevice = "devices.tags": GET "/api/mdm/devices/{uuid}/tags", Read;
    path: Uuid; query: Nothing; body: Nothing; answer: DeviceTags, or empty;
}
