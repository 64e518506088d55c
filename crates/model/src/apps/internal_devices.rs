//! `GET /api/mam/apps/internal/{applicationid}/devices`.

use super::DeviceIdPage;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    InternalDevicesQuery {
        status: Option<String> = "status",
        locationgroupid: Option<String> = "locationgroupid",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }
}

endpoint! {
    /// Ids of the devices that have an internal app, or should.
    InternalDevices = "apps.internal.devices" is "mamv1/InternalAppsV1_GetInternalAppInstalledOrAssignedDevices":
        GET "/api/mam/apps/internal/{applicationid}/devices", Read;
    path: AppId; query: InternalDevicesQuery; body: Nothing; answer: DeviceIdPage, or empty;
}
