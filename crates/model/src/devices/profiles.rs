//! `GET /api/mdm/devices/{id}/profiles`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, RecordId, Reference, Wrapped};
use crate::page::{PageQuery, paged};
use crate::record::record;

record! {
    /// A page of profiles.
    DeviceProfilePage {
        device_id: Option<Reference> = "DeviceId",
        device_profiles: Vec<DeviceProfile> = "DeviceProfiles",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
    }

    /// A profile on a device. Status 3 is "installed", assignment type 1 "automatic".
    DeviceProfile {
        assignment_type: Option<i64> = "AssignmentType",
        current_version: Option<i64> = "CurrentVersion",
        description: Option<String> = "Description",
        id: Option<Wrapped<RecordId>> = "Id",
        installed_profile_version: Option<i64> = "InstalledProfileVersion",
        location_group_id: Option<Reference> = "LocationGroupId",
        name: Option<String> = "Name",
        status: Option<i64> = "Status",
        uuid: Option<Uuid> = "Uuid",
    }
}

endpoint! {
    /// Profiles of a device and their state there.
    Profiles = "devices.profiles" is "mdmv1/Profiles_GetProfilesByDevice":
        GET "/api/mdm/devices/{id}/profiles", Read;
    path: DeviceId; query: PageQuery; body: Nothing; answer: DeviceProfilePage, or empty;
}

paged! { Profiles: DeviceProfile in device_profiles, counted by total, told apart by id }
