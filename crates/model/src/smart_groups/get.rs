//! `GET /api/mdm/smartgroups/{id}`.

use uuid::Uuid;

use super::{GroupReference, Member, Named, OemAndModels, OperatingSystem};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::SmartGroupId;
use crate::record::record;

record! {
    /// A smart group with its criteria.
    SmartGroupDetail {
        assignments: Option<i64> = "Assignments",
        cpu_architectures: Vec<String> = "CpuArchitectures",
        criteria_type: Option<String> = "CriteriaType",
        device_additions: Vec<Member> = "DeviceAdditions",
        device_exclusions: Vec<Member> = "DeviceExclusions",
        devices: Option<i64> = "Devices",
        enrollment_categories: Vec<String> = "EnrollmentCategories",
        exclusions: Option<i64> = "Exclusions",
        managed_by_organization_group_id: Option<String> = "ManagedByOrganizationGroupId",
        managed_by_organization_group_name: Option<String> = "ManagedByOrganizationGroupName",
        managed_by_organization_group_uuid: Option<Uuid> = "ManagedByOrganizationGroupUuid",
        management_types: Vec<String> = "ManagementTypes",
        models: Vec<String> = "Models",
        name: Option<String> = "Name",
        oem_and_models: Vec<OemAndModels> = "OEMAndModels",
        operating_systems: Vec<OperatingSystem> = "OperatingSystems",
        organization_groups: Vec<GroupReference> = "OrganizationGroups",
        ownerships: Vec<String> = "Ownerships",
        platforms: Vec<String> = "Platforms",
        smart_group_id: Option<SmartGroupId> = "SmartGroupID",
        smart_group_uuid: Option<Uuid> = "SmartGroupUuid",
        tags: Vec<Named> = "Tags",
        user_additions: Vec<Named> = "UserAdditions",
        user_exclusions: Vec<Named> = "UserExclusions",
        user_group_exclusions: Vec<Named> = "UserGroupExclusions",
        user_groups: Vec<Named> = "UserGroups",
    }
}

endpoint! {
    /// One smart group with its criteria; 400 with code 6 if there is none.
    Get = "smartgroups.get" is "mdmv1/SmartGroups_LoadSmartGroupAsync":
        GET "/api/mdm/smartgroups/{id}", Read;
    path: SmartGroupId; query: Nothing; body: Nothing; answer: SmartGroupDetail;
}
