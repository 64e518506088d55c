//! The audit: an append-only chain of records, each of which carries the hash of the one before, so
//! that a later edit shows.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

/// One thing that was done, decided or refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuditRecord {
    /// From 1, without gaps.
    pub number: i64,
    pub at: Timestamp,
    /// Who asked for it.
    pub actor: String,
    /// `plan.proposed`, `plan.refused`, `plan.approved`, `job.started`, `task.done`, …
    pub event: String,
    /// The plan or job it belongs to.
    pub subject: String,
    pub details: serde_json::Value,
    /// Hash of the record before; of the first one, 64 zeros.
    pub previous: String,
    /// SHA-256 (hex) over all of the above.
    pub hash: String,
}

/// A chain that holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditState {
    pub records: u64,
    /// Hash of the last record: whoever notes it elsewhere can tell that nothing before was changed.
    pub head: String,
}
