//! `GET /API/v1/operations/{id}/status`.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Nothing, endpoint};
use crate::record::{Members, derived};
use crate::words::OperationStatus;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Operation {
    /// `Pending`, `InProgress`, `Completed` or `Failed`.
    pub status: OperationStatus,
    /// Percent.
    pub progress: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_message: Option<String>,
    /// Fields this program does not know, kept as they came.
    #[serde(flatten)]
    pub other: Members,
}

endpoint! {
    /// How far a long-running operation has come.
    OperationStatusGet = "guide.operations.status" is "guide/operations.status":
        GET "/API/v1/operations/{id}/status", Read;
    path: String; query: Nothing; body: Nothing; answer: Operation;
}

derived! { Operation }
