//! `GET /api/system/operations/{uuid}`: how far an operation has come.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::{Members, derived};
use crate::words::OperationStatus;

/// The published API writes `Running`, `RanToCompletion` and `Faulted`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Operation {
    pub uuid: Option<Uuid>,
    pub operation_type: String,
    #[serde(serialize_with = "published")]
    pub status: OperationStatus,
    pub progress_percentage: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fault_reason: Option<String>,
    /// Fields this program does not know, kept as they came.
    #[serde(flatten)]
    pub other: Members,
}

fn published<S: serde::Serializer>(status: &OperationStatus, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(match status {
        OperationStatus::InProgress => "Running",
        OperationStatus::Completed => "RanToCompletion",
        OperationStatus::Failed => "Faulted",
        OperationStatus::Pending | OperationStatus::Other(_) => status.as_str(),
    })
}

endpoint! {
    /// State of one operation.
    Get = "operations.get" is "systemv1/OperationsV1_GetOperationStatus":
        GET "/api/system/operations/{uuid}", Read;
    path: Uuid; query: Nothing; body: Nothing; answer: Operation;
}

derived! { Operation }
