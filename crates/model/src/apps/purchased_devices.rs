//! `GET /api/mam/apps/purchased/{applicationid}/devices`.

use super::DeviceIdPage;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    PurchasedDevicesQuery {
        status: Option<String> = "status",
        locationgroupid: Option<String> = "locationgroupid",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }
}

endpoint! {
    /// Ids of the devices that have a purchased app, or should.
    PurchasedDevices = "apps.purchased.devices" is "mamv1/PurchasedAppsV1_GetPurchasedAppInstalledOrAssignedDevices":
        GET "/api/mam/apps/purchased/{applicationid}/devices", Read;
    path: AppId; query: PurchasedDevicesQuery; body: Nothing; answer: DeviceIdPage, or empty;
}
