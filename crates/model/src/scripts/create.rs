//! `POST /api/mdm/groups/{organizationGroupUuid}/scripts`.

use uuid::Uuid;

use super::{CatalogDisplay, Variable};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::Created;
use crate::record::{Base64, record};

record! {
    /// A script to make. `allowed_in_catalog` is needed, whatever the documents say.
    NewScript {
        allowed_in_catalog: Option<bool> = "allowed_in_catalog",
        catalog_display: Option<CatalogDisplay> = "catalog_display",
        created_by: Option<Uuid> = "created_by",
        description: Option<String> = "description",
        execution_context: Option<String> = "execution_context",
        is_idempotent: Option<bool> = "is_idempotent",
        name: Option<String> = "name",
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        platform: Option<String> = "platform",
        platform_architecture: Option<String> = "platform_architecture",
        script_data: Option<Base64> = "script_data",
        script_type: Option<String> = "script_type",
        script_uuid: Option<Uuid> = "script_uuid",
        script_variables: Option<Vec<Variable>> = "script_variables",
        timeout: Option<i64> = "timeout",
        user_interaction: Option<bool> = "user_interaction",
        version: Option<Uuid> = "version",
    }
}

endpoint! {
    /// Makes a script; where it is stands in `Location`.
    Create = "scripts.create" is "mdmv1/ScriptsV1_CreateScriptAsync":
        POST "/api/mdm/groups/{organizationGroupUuid}/scripts" => 201, Write;
    path: Uuid; query: Nothing; body: NewScript; answer: Created;
}
