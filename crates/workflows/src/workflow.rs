//! The contract of a workflow: it *observes* facts, and then *decides*, purely, what ought to be done.
//!
//! Nothing is done here: a decision is a draft, and the engine carries drafts out. Same parameters, same
//! facts, same `now`: same decision.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_engine::Draft;
use secrecy::SecretString;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::inventory::Inventory;

/// Something that can be run by a command, a schedule or an event.
#[async_trait]
pub trait Workflow {
    /// Name in schedules and plans.
    const NAME: &'static str;
    /// What it is for, in one sentence.
    const SUMMARY: &'static str;
    /// What it is told before it looks.
    type Parameters: Serialize + DeserializeOwned + Send + Sync;
    /// What it found.
    type Facts: Send + Sync;

    /// Reads what the decision needs.
    ///
    /// # Errors
    /// Parameters that cannot be right, and a tenant that cannot be read.
    async fn observe(
        inventory: &dyn Inventory,
        parameters: &Self::Parameters,
        watch: &dyn Watch,
    ) -> Result<Self::Facts, Error>;

    /// Says what ought to be done and why.
    ///
    /// # Errors
    /// Facts that show the parameters to be wrong.
    fn decide(parameters: &Self::Parameters, facts: &Self::Facts, now: Timestamp) -> Result<Decided, Error>;
}

/// What a workflow wants.
#[derive(Debug)]
pub struct Decided {
    pub draft: Draft,
    /// Secrets that the run needs, by the key that the draft names.
    pub secrets: Vec<(String, SecretString)>,
    /// What people should know beside the items: groups that do not exist, versions that were chosen.
    pub notes: Vec<String>,
}

impl Decided {
    /// A draft without secrets and notes.
    pub fn plain(draft: Draft) -> Self {
        Self { draft, secrets: Vec::new(), notes: Vec::new() }
    }
}

/// Told how far an observation has come. Called between awaits: it must not block.
pub trait Watch: Send + Sync {
    /// `done` of `total` have been read; `what` is a plural such as `devices`.
    fn reading(&self, what: &'static str, done: usize, total: usize);
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unwatched;

impl Watch for Unwatched {
    fn reading(&self, _what: &'static str, _done: usize, _total: usize) {}
}
