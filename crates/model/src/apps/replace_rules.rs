//! `PUT /api/mam/apps/{applicationUuid}/assignment-rules`, version 2.

use uuid::Uuid;

use super::AssignmentRules;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Replaces all assignments of an app and publishes it.
    ReplaceRules = "apps.rules.replace" is "mamv2/AppsV2_UpdateAssignmentRuleAsync":
        PUT "/api/mam/apps/{applicationUuid}/assignment-rules" v 2 => 202, Destroy;
    path: Uuid; query: Nothing; body: AssignmentRules; answer: Nothing, or empty;
}
