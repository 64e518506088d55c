//! `GET /api/mam/apps/{uuid}/devices`: what became of an app on each device.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::page::paged;
use crate::words::InstallStatus;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppDevicesQuery {
    /// Required by the published API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizationgroupuuid: Option<Uuid>,
    pub page: u32,
    pub pagesize: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppDevice {
    pub device_id: DeviceId,
    pub device_uuid: Option<Uuid>,
    pub friendly_name: String,
    pub assigned_version: String,
    pub assignment_status: String,
    pub installed_status: InstallStatus,
    pub installed_version: String,
    /// Why the last attempt ended as it did.
    pub latest_app_reason: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppDevicePage {
    pub devices: Vec<AppDevice>,
    #[serde(rename = "TotalResults")]
    pub total_results: u64,
}

endpoint! {
    /// Devices that an app is assigned to or installed on, with its state there.
    Devices = "apps.devices": GET "/api/mam/apps/{uuid}/devices", Read;
    path: Uuid; query: AppDevicesQuery; body: Nothing; answer: AppDevicePage, or empty;
}

paged! { Devices: AppDevice in devices, counted by total_results, told apart by device_id.0 }
