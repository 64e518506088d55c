//! `GET /api/mam/apps/{applicationUuid}/assignment-rules`, version 2.

use uuid::Uuid;

use super::AssignmentRules;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// To whom an app is assigned, by priority.
    Rules = "apps.rules" is "mamv2/AppsV2_GetAssignmentRuleAsync":
        GET "/api/mam/apps/{applicationUuid}/assignment-rules" v 2, Read;
    path: Uuid; query: Nothing; body: Nothing; answer: AssignmentRules;
}
