//! `GET /api/mam/apps/{uuid}/devices`: what became of an app on each device.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::page::paged;
use crate::record::record;
use crate::words::InstallStatus;

record! {
    /// Which devices of an app.
    AppDevicesQuery {
        /// Required by the published API.
        organizationgroupuuid: Option<Uuid> = "organizationgroupuuid",
        page: u32 = "page",
        pagesize: u32 = "pagesize",
    }

    /// What became of an app on one device.
    AppDevice {
        device_id: DeviceId = "device_id",
        device_uuid: Option<Uuid> = "device_uuid",
        friendly_name: String = "friendly_name",
        assigned_version: String = "assigned_version",
        assignment_status: String = "assignment_status",
        installed_status: InstallStatus = "installed_status",
        installed_version: String = "installed_version",
        /// Why the last attempt ended as it did.
        latest_app_reason: String = "latest_app_reason",
    }

    /// Devices of an app.
    AppDevicePage {
        devices: Vec<AppDevice> = "devices",
        total_results: u64 = "TotalResults",
    }
}

endpoint! {
    /// Devices that an app is assigned to or installed on, with its state there.
    Devices = "apps.devices" is "mamv1/Apps_GetDevicesAssignedOrInstalledForAppAtVersionLevel":
        GET "/api/mam/apps/{uuid}/devices", Read;
    path: Uuid; query: AppDevicesQuery; body: Nothing; answer: AppDevicePage, or empty;
}

paged! { Devices: AppDevice in devices, counted by total_results, told apart by device_uuid or device_id }
