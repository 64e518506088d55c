//! `POST /api/system/operations/trigger`: start an operation.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Operation;
use crate::endpoint::{Nothing, endpoint};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct NewOperation {
    /// `GroupSync`, `ResetIdFromBroker` or `OisTriggeredEnrollmentUserDelete`.
    pub operation_type: String,
    pub organization_group_uuid: Option<Uuid>,
}

endpoint! {
    /// Starts an operation. One of its kinds deletes users, hence its class.
    Trigger = "operations.trigger": POST "/api/system/operations/trigger" => 202, Destroy;
    path: (); query: Nothing; body: NewOperation; answer: Operation;
}
