//! `GET /api/mdm/profiles/{profileUuid}/summary`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// A profile and on how many devices it is.
    ProfileSummary {
        active: Option<bool> = "active",
        assigned_count: Option<i64> = "assigned_count",
        cloud_profile: Option<bool> = "cloud_profile",
        device_profile_assignment_type: Option<String> = "device_profile_assignment_type",
        device_type: Option<String> = "device_type",
        installed_count: Option<i64> = "installed_count",
        last_profile_published_version: Option<i64> = "last_profile_published_version",
        not_installed_count: Option<i64> = "not_installed_count",
        profile_name: Option<String> = "profile_name",
    }
}

endpoint! {
    /// On how many devices a profile is.
    Summary = "profiles.summary" is "mdmv1/ProfilesV1_GetProfileStatusCountsAsync":
        GET "/api/mdm/profiles/{profileUuid}/summary", Read;
    path: Uuid; query: Nothing; body: Nothing; answer: ProfileSummary;
}
