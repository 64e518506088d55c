//! Profiles: settings of devices.

mod activate;
mod create_apple;
mod deactivate;
mod delete;
mod detail;
mod devices;
mod get;
mod install;
mod remove;
mod search;
mod search_v1;
mod search_v3;
mod summary;
mod update_apple;

pub use activate::Activate;
pub use create_apple::CreateApple;
pub use deactivate::Deactivate;
pub use delete::Delete;
pub use detail::{Detail, DetailQuery, ProfileDetail};
pub use devices::{Devices, DevicesQuery, ProfileDevice, ProfileDevicePage};
pub use get::Get;
pub use install::Install;
pub use remove::Remove;
pub use search::{ProfilePage, ProfileRow, ProfileSmartGroup, Search, SearchQuery};
pub use search_v1::{ProfilePageV1, ProfileRowV1, SearchV1, SearchV1Query};
pub use search_v3::{PayloadName, ProfilePageV3, ProfileRowV3, ProfileSearch, ProfileSmartGroupV3, SearchV3};
pub use summary::{ProfileSummary, Summary};
pub use update_apple::UpdateApple;

use crate::ids::{OrganizationGroupId, SmartGroupId};
use crate::record::{Hidden, record};
use uuid::Uuid;

record! {
    /// A profile. Its payloads stand beside `General`, one member for each kind, and differ from platform to platform: they are in `other`.
    Profile {
        general: Option<General> = "General",
    }

    /// What every profile has.
    General {
        afw_oem_settings_enabled: Option<bool> = "AfwOemSettingsEnabled",
        afw_oem_type: Option<String> = "AfwOemType",
        allow_removal: Option<String> = "AllowRemoval",
        assigned_geofence_area: Option<Vec<i64>> = "AssignedGeofenceArea",
        assigned_schedule: Option<Vec<i64>> = "AssignedSchedule",
        assigned_smart_groups: Option<Vec<AssignedGroup>> = "AssignedSmartGroups",
        assignment_type: Option<String> = "AssignmentType",
        create_new_version: Option<bool> = "CreateNewVersion",
        description: Option<String> = "Description",
        device_model_id: Option<i64> = "DeviceModelId",
        enable_provisioning: Option<bool> = "EnableProvisioning",
        excluded_smart_groups: Option<Vec<AssignedGroup>> = "ExcludedSmartGroups",
        expiration_date: Option<String> = "ExpirationDate",
        is_active: Option<bool> = "IsActive",
        is_managed: Option<bool> = "IsManaged",
        is_provisioned_for_oobe: Option<bool> = "IsProvisionedForOobe",
        managed_location_group_id: Option<OrganizationGroupId> = "ManagedLocationGroupID",
        name: Option<String> = "Name",
        password: Option<Hidden> = "Password",
        profile_context: Option<String> = "ProfileContext",
        profile_id: Option<i64> = "ProfileId",
        profile_scope: Option<String> = "ProfileScope",
        profile_uuid: Option<Uuid> = "ProfileUuid",
        version: Option<i64> = "Version",
    }

    /// A smart group that it is assigned to.
    AssignedGroup {
        name: Option<String> = "Name",
        smart_group_id: Option<SmartGroupId> = "SmartGroupId",
    }
}
