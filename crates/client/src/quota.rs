//! The seam for limits that belong to the tenant and not to one process. This crate asks for a permit before
//! every request; who counts, and where, is the implementor's business.

use std::time::Duration;

use futures_util::future::BoxFuture;

/// Decides when the next request may leave.
pub trait Quota: Send + Sync + 'static {
    /// Waits until one request may leave, or says why none may for a long time.
    fn permit(&self) -> BoxFuture<'_, Result<(), Exhausted>>;

    /// The tenant asked everybody to pause for so long.
    fn pause(&self, time: Duration) {
        let _ = time;
    }
}

/// There is no permit to be had in reasonable time; the text says until when.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Exhausted(pub String);
