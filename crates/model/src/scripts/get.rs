//! `GET /api/mdm/scripts/{scriptUuid}`.

use uuid::Uuid;

use super::{CatalogDisplay, Variable};
use crate::endpoint::{Nothing, endpoint};
use crate::record::{Base64, record};
use crate::time::Stamp;

record! {
    /// A script with its text.
    Script {
        allowed_in_catalog: Option<bool> = "allowed_in_catalog",
        assignment_count: Option<i64> = "assignment_count",
        catalog_display: Option<CatalogDisplay> = "catalog_display",
        created_or_modified_by: Option<String> = "created_or_modified_by",
        created_or_modified_on: Option<Stamp> = "created_or_modified_on",
        description: Option<String> = "description",
        execution_context: Option<String> = "execution_context",
        is_idempotent: Option<bool> = "is_idempotent",
        name: Option<String> = "name",
        organization_group_name: Option<String> = "organization_group_name",
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        platform: Option<String> = "platform",
        platform_architecture: Option<String> = "platform_architecture",
        script_data: Option<Base64> = "script_data",
        script_type: Option<String> = "script_type",
        script_uuid: Option<Uuid> = "script_uuid",
        script_variables: Vec<Variable> = "script_variables",
        timeout: Option<i64> = "timeout",
        user_interaction: Option<bool> = "user_interaction",
        version: Option<Uuid> = "version",
    }
}

endpoint! {
    /// One script; 500 with code 1000 if it was removed.
    Get = "scripts.get" is "mdmv1/ScriptsV1_GetScriptAsync":
        GET "/api/mdm/scripts/{scriptUuid}", Read;
    path: Uuid; query: Nothing; body: Nothing; answer: Script;
}
