//! Smart groups: sets of devices by criteria, to which apps and profiles are assigned.

mod apps;
mod create;
mod delete;
mod devices;
mod get;
mod patch_v2;
mod search;
mod update;

pub use apps::{Apps, AssignedApp};
pub use create::Create;
pub use delete::Delete;
pub use devices::{Devices, DevicesQuery, MemberList};
pub use get::{Get, SmartGroupDetail};
pub use patch_v2::{PatchV2, PatchedGroup};
pub use search::{Search, SmartGroup, SmartGroupPage, SmartGroupQuery};
pub use update::Update;

use crate::record::record;

record! {
    /// A device in a smart group.
    Member {
        id: Option<String> = "Id",
        model: Option<String> = "Model",
        name: Option<String> = "Name",
        os_version: Option<String> = "OSVersion",
        ownership: Option<String> = "Ownership",
        platform: Option<String> = "Platform",
        username: Option<String> = "Username",
    }

    /// A maker and models of it.
    OemAndModels {
        models: Option<Vec<ModelName>> = "Models",
        oem: Option<OemName> = "OEM",
    }

    /// A model.
    ModelName {
        family_id: Option<String> = "FamilyId",
        id: Option<String> = "Id",
        name: Option<String> = "Name",
    }

    /// A maker.
    OemName {
        id: Option<String> = "Id",
        name: Option<String> = "Name",
    }

    /// A condition on the operating system.
    OperatingSystem {
        device_type: Option<String> = "DeviceType",
        operator: Option<String> = "Operator",
        value: Option<String> = "Value",
    }

    /// An organization group by id.
    GroupReference {
        id: Option<String> = "Id",
        name: Option<String> = "Name",
        uuid: Option<String> = "Uuid",
    }

    /// Something by its id, a text.
    Named {
        id: Option<String> = "Id",
        name: Option<String> = "Name",
    }

    /// What a smart group shall be. An empty list and no list are the same.
    SmartGroupEdit {
        cpu_architectures: Option<Vec<String>> = "CPUArchitectures",
        criteria_type: Option<String> = "CriteriaType",
        device_additions: Option<Vec<Member>> = "DeviceAdditions",
        device_exclusions: Option<Vec<Member>> = "DeviceExclusions",
        enrollment_categories: Option<Vec<String>> = "EnrollmentCategories",
        managed_by_organization_group_id: Option<String> = "ManagedByOrganizationGroupId",
        management_types: Option<Vec<String>> = "ManagementTypes",
        models: Option<Vec<String>> = "Models",
        name: Option<String> = "Name",
        oem_and_models: Option<Vec<OemAndModels>> = "OEMAndModels",
        operating_systems: Option<Vec<OperatingSystem>> = "OperatingSystems",
        organization_groups: Option<Vec<GroupReference>> = "OrganizationGroups",
        ownerships: Option<Vec<String>> = "Ownerships",
        platforms: Option<Vec<String>> = "Platforms",
        tags: Option<Vec<Named>> = "Tags",
        user_additions: Option<Vec<Named>> = "UserAdditions",
        user_exclusions: Option<Vec<Named>> = "UserExclusions",
        user_group_exclusions: Option<Vec<Named>> = "UserGroupExclusions",
        user_groups: Option<Vec<Named>> = "UserGroups",
    }
}
