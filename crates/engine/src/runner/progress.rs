//! What a run tells while it goes.

use std::time::Duration;

use crate::journal::{JobSummary, TaskState};

/// Takes in what happens. Called between awaits: it must not block.
pub trait Progress: Send + Sync {
    /// Something happened.
    fn event(&self, event: &Event);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn event(&self, _event: &Event) {}
}

/// What happens in a run, in this order: `Started`, then any number of `Settling`, `Item`, `Tally` and
/// `Ring`, `Waiting`, at most one `Stopped`, and `Finished`.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The run begins.
    Started {
        /// Tasks of the job, whatever their state.
        total: u64,
        /// Tasks that this run may take up.
        open: u64,
    },
    /// The outcomes of this many tasks are being read back.
    Settling { tasks: u64 },
    /// A task's outcome is in the journal.
    Item { index: usize, name: String, state: TaskState, reason: String, attempt: u32 },
    /// How far it is; told after every group of outcomes.
    Tally(Tally),
    /// A ring begins, counted from 0.
    Ring { ring: u32 },
    /// Nothing is sent for this long: a pause between batches, or a lease that has to run out.
    Waiting { why: String, duration: Duration },
    /// Nothing more is sent.
    Stopped { why: String },
    /// The run is over and everything it knows is in the journal.
    Finished(JobSummary),
}

/// Counts, rate and forecast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tally {
    pub done: u64,
    pub failed: u64,
    pub unknown: u64,
    pub skipped: u64,
    pub held: u64,
    pub total: u64,
    /// Outcomes per second, lately.
    pub per_second: f64,
    /// Time until the open tasks are through, if there is a rate.
    pub eta: Option<Duration>,
}
