//! `PUT /api/mdm/devices/{id}`: change the three fields that the published API lets a client edit.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::words::Ownership;

/// Fields to change; an absent one stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct DeviceEdit {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub device_friendly_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership: Option<Ownership>,
}

endpoint! {
    /// Edits asset number, friendly name and ownership. Tags, user and group are not edited here.
    Update = "devices.update": PUT "/api/mdm/devices/{id}" => 204, Write;
    path: DeviceId; query: Nothing; body: DeviceEdit; answer: Nothing, or empty;
}
