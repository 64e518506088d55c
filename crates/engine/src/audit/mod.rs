//! The audit: an append-only log. Each record carries the hash of the one before, all of them are the leaves
//! of a Merkle tree, and the root of the tree is signed now and then.
//!
//! Whoever can write to the database can also write a whole new log, and whoever has the signing key can
//! sign it. What neither can do is to make it fit a checkpoint that somebody has kept elsewhere.

mod checkpoint;
mod log;
mod proof;
mod record;
#[cfg(test)]
mod tests;
pub(crate) mod tree;
mod walk;

pub use checkpoint::Checkpoint;
pub use log::{LogCheck, checkpoint_line};
pub use proof::{Proven, verify_proof};
pub use record::{AuditRecord, Severity};
pub use walk::{AuditState, Trust};

pub(crate) use proof::{growth, inclusion};
pub(crate) use record::{Content, ORIGIN, Occurrence};
pub(crate) use walk::{Walk, broken};
