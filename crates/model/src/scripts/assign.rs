//! `POST /api/mdm/scripts/{scriptUuid}/updateassignments`.

use uuid::Uuid;

use super::{AssignedGroup, CatalogDisplay};
use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// All assignments.
    NewAssignments {
        assignments: Option<Vec<NewAssignment>> = "assignments",
    }

    /// To whom, and when it runs.
    NewAssignment {
        assignment_uuid: Option<Uuid> = "assignment_uuid",
        created_by: Option<Uuid> = "created_by",
        deployment_mode: Option<String> = "deployment_mode",
        memberships: Option<Vec<AssignedGroup>> = "memberships",
        name: Option<String> = "name",
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        priority: Option<i64> = "priority",
        script_deployment: Option<Trigger> = "script_deployment",
        show_in_catalog: Option<bool> = "show_in_catalog",
        version: Option<Uuid> = "version",
    }

    /// When it runs.
    Trigger {
        display_attributes: Option<CatalogDisplay> = "DisplayAttributes",
        trigger_events: Option<Vec<String>> = "trigger_events",
        trigger_schedule: Option<String> = "trigger_schedule",
        trigger_type: Option<String> = "trigger_type",
    }
}

endpoint! {
    /// Replaces the assignments of a script.
    Assign = "scripts.assign" is "mdmv1/ScriptAssignmentV1_BulkUpdateScriptAssignmentsAsync":
        POST "/api/mdm/scripts/{scriptUuid}/updateassignments" => 204, Destroy;
    path: Uuid; query: Nothing; body: NewAssignments; answer: Nothing, or empty;
}
