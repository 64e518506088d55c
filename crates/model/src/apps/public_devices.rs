//! `GET /api/mam/apps/public/{applicationid}/devices`.

use super::DeviceIdPage;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    PublicDevicesQuery {
        status: Option<String> = "status",
        locationgroupid: Option<String> = "locationgroupid",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }
}

endpoint! {
    /// Ids of the devices that have a public app, or should.
    PublicDevices = "apps.public.devices" is "mamv1/PublicApps_GetPublicAppInstalledOrAssignedDevices":
        GET "/api/mam/apps/public/{applicationid}/devices", Read;
    path: AppId; query: PublicDevicesQuery; body: Nothing; answer: DeviceIdPage, or empty;
}
