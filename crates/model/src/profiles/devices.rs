//! `GET /api/mdm/profiles/{profileuuid}/devices`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    DevicesQuery {
        profilestatus: Option<String> = "profilestatus",
        organizationgroupuuid: Option<Uuid> = "organizationgroupuuid",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }

    /// A page of devices.
    ProfileDevicePage {
        total_results: u64 = "TotalResults",
        profile_assigned_devices: Vec<ProfileDevice> = "profileAssignedDevices",
    }

    /// A device that has the profile, or should.
    ProfileDevice {
        id: Option<i64> = "id",
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// Devices that have a profile, or should.
    Devices = "profiles.devices" is "mdmv1/ProfilesV1_GetDevicesForProfileStatus":
        GET "/api/mdm/profiles/{profileuuid}/devices", Read;
    path: Uuid; query: DevicesQuery; body: Nothing; answer: ProfileDevicePage, or empty;
}

paged! { Devices: ProfileDevice in profile_assigned_devices, counted by total_results, told apart by id }
