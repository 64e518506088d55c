//! `GET /api/mdm/scripts/{scriptUuid}/assignments`.

use uuid::Uuid;

use super::AssignedGroup;
use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// A page of assignments.
    AssignmentPage {
        record_count: Option<i64> = "RecordCount",
        search_results: Vec<Assignment> = "SearchResults",
    }

    /// To whom it is assigned, and when it runs.
    Assignment {
        assigned_smart_groups: Vec<AssignedGroup> = "assigned_smart_groups",
        assignment_uuid: Option<Uuid> = "assignment_uuid",
        deployment_mode: Option<String> = "deployment_mode",
        event_triggers: Vec<String> = "event_triggers",
        name: Option<String> = "name",
        priority: Option<i64> = "priority",
        schedule_trigger: Option<String> = "schedule_trigger",
        show_in_catalog: Option<bool> = "show_in_catalog",
        smart_group_count: Option<i64> = "smart_group_count",
        trigger_type: Option<String> = "trigger_type",
    }
}

endpoint! {
    /// To whom a script is assigned.
    Assignments = "scripts.assignments" is "mdmv1/ScriptAssignmentV1_GetScriptAssignmentsAsync":
        GET "/api/mdm/scripts/{scriptUuid}/assignments", Read;
    path: Uuid; query: Nothing; body: Nothing; answer: AssignmentPage, or empty;
}
