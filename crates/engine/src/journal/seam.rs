//! Where a test can cut: on either side of every append to the journal.

use async_trait::async_trait;

/// What is being appended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Append {
    /// Items of a plan that has more than fit into one transaction.
    Draft,
    Plan,
    Refusal,
    Approval,
    /// Who may approve, and what automation may do.
    Trust,
    Start,
    Claim,
    /// Outcomes of tasks, tasks marked as sending, or both.
    Tasks,
    Finish,
    Cancel,
    /// A ring that begins, is watched, is through or is held.
    Ring,
    /// Waiting tasks whose deadline is over.
    Expiry,
    /// Finished jobs that are old enough to be forgotten.
    Prune,
    /// What is intact of a damaged journal, in a new one.
    Salvage,
}

/// On which side of the append.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moment {
    /// Nothing of it is in the database yet.
    Before,
    /// It is durable, and nobody has acted on it yet.
    After,
}

/// Is told of every append. The program itself has no use for it; a test that never returns from here,
/// and drops the engine, has killed it at this very point.
#[async_trait]
pub trait Seam: Send + Sync {
    async fn reached(&self, append: Append, moment: Moment);
}

/// Goes on.
pub(super) struct Seamless;

#[async_trait]
impl Seam for Seamless {
    async fn reached(&self, _append: Append, _moment: Moment) {}
}
