//! `PATCH /api/mdm/smartgroups/{uuid}`, version 2.

use serde_json::Value;
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// The lists of the smart group after the change.
    PatchedGroup {
        oem_and_models: Vec<Value> = "OEMAndModels",
        cpu_architectures: Vec<String> = "cpuArchitectures",
        devices: Vec<String> = "devices",
        enrollment_categories: Vec<String> = "enrollmentCategories",
        id: Option<i64> = "id",
        managed_by: Option<String> = "managedBy",
        management_types: Vec<String> = "managementTypes",
        name: Option<String> = "name",
        organization_groups: Vec<String> = "organizationGroups",
        ownerships: Vec<String> = "ownerships",
        platforms: Vec<String> = "platforms",
        tags: Vec<i64> = "tags",
        user_groups: Vec<String> = "userGroups",
        users: Vec<String> = "users",
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// Changes lists of a smart group by JSON Patch.
    PatchV2 = "smartgroups.patch.v2" is "mdmv2/SmartGroupsV2_PartialUpdateSmartGroupAsync":
        PATCH "/api/mdm/smartgroups/{uuid}" v 2, Write;
    path: Uuid; query: Nothing; body: Value; answer: PatchedGroup;
}
