//! `GET /api/mam/apps/{uuid}/devices`: what became of an app on each device.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
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

impl crate::Paged for Devices {
    type Row = AppDevice;

    fn set_page(query: &mut AppDevicesQuery, page: u32, page_size: u32) {
        (query.page, query.pagesize) = (page, page_size);
    }
    fn rows(answer: AppDevicePage) -> Vec<AppDevice> {
        answer.devices
    }
    fn total(answer: &AppDevicePage) -> Option<u64> {
        Some(answer.total_results)
    }
    fn key(row: &AppDevice) -> i64 {
        row.device_id.0
    }
}
