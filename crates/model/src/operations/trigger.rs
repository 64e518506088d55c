//! `POST /api/system/operations/trigger`: start an operation.

use uuid::Uuid;

use super::Operation;
use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// What to start, and for which group.
    NewOperation {
        /// `GroupSync`, `ResetIdFromBroker` or `OisTriggeredEnrollmentUserDelete`.
        operation_type: String = "operation_type",
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
    }
}

endpoint! {
    /// Starts an operation. One of its kinds deletes users, hence its class.
    Trigger = "operations.trigger" is "systemv1/OperationsV1_CreateAndTriggerOperation":
        POST "/api/system/operations/trigger" => 202, Destroy;
    path: (); query: Nothing; body: NewOperation; answer: Operation;
}
