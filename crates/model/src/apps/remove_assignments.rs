//! `DELETE /api/mam/apps/internal/{applicationId}/assignments`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;
use crate::record::record;

record! {
    /// Smart groups that lose the app.
    AssignmentRemoval {
        smart_group_ids: Option<Vec<i64>> = "SmartGroupIds",
    }
}

endpoint! {
    /// Takes an internal app away from smart groups.
    RemoveAssignments = "apps.internal.assignments.remove" is "mamv1/InternalAppsV1_DeleteAssignmentAsync":
        DELETE "/api/mam/apps/internal/{applicationId}/assignments" => 204, Destroy;
    path: AppId; query: Nothing; body: AssignmentRemoval; answer: Nothing, or empty;
}
