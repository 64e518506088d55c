//! `POST /api/mdm/groups/{organizationGroupUuid}/scripts/bulkdelete`.

use serde_json::Value;
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Removes scripts.
    DeleteMany = "scripts.delete" is "mdmv1/ScriptsV1_ScriptBulkDeleteAsync":
        POST "/api/mdm/groups/{organizationGroupUuid}/scripts/bulkdelete" => 204, Destroy;
    path: Uuid; query: Nothing; body: Vec<Uuid>; answer: Value, or empty;
}
