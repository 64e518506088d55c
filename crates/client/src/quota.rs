//! The seam for limits that belong to the tenant and not to one process. This crate asks for a permit before
//! every request; who counts, and where, is the implementor's business. How fast one process goes is decided by its own
//! pace, beside this.

use std::time::Duration;

use futures_util::future::BoxFuture;

/// Decides whether, and when, the next request may leave.
pub trait Quota: Send + Sync + 'static {
    /// Waits until one request may leave, or says why none may for a long time.
    fn permit(&self) -> BoxFuture<'_, Result<(), Exhausted>>;

    /// The tenant refused a request as one too many; it asks everybody to wait so long, if it says.
    fn refused(&self, wait: Option<Duration>) {
        let _ = wait;
    }

    /// What the headers of an answer say of the tenant's limit.
    fn told(&self, limit: ToldLimit) {
        let _ = limit;
    }
}

/// The limit of a tenant as the headers of one answer say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToldLimit {
    /// Calls per window, which is a minute or a day.
    pub limit: u64,
    /// Calls left in this window.
    pub remaining: Option<u64>,
    /// Until the window ends.
    pub left: Option<Duration>,
}

/// There is no permit to be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Exhausted {
    /// Not in reasonable time; the text says until when.
    #[error("{0}")]
    UsedUp(String),
    /// Whoever counts cannot write it down.
    #[error("{0}")]
    Unrecorded(String),
}
