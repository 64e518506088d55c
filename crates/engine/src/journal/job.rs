//! A job: a plan on its way, with the options it was started with.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Delivery, TaskState};
use crate::plan::{Growth, Health, JobId, PlanId};

/// How a job is carried out. Kept with the job, so that a resumed one goes on in the same way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JobOptions {
    /// The most requests of this job that are under way at one time.
    pub lanes: usize,
    /// Tasks after which to wait for all answers and pause; `None`: no batches.
    pub batch_size: Option<usize>,
    /// Pause between two batches.
    pub pause: Duration,
    /// Failures after which nothing more is sent.
    pub stop_after: Option<StopAfter>,
    /// `false`: stop at the first failure.
    pub continue_on_error: bool,
    /// How long after sending the absence of an effect is believed.
    pub settle_grace: Duration,
    /// Grow ring by ring; `None`: everything at once.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rings: Option<Growth>,
    /// What was not sent so long after the job was started is not sent any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Duration>,
    /// Send many in one call where the API has a call for many.
    pub bulk: bool,
}

impl Default for JobOptions {
    fn default() -> Self {
        Self {
            lanes: 8,
            batch_size: None,
            pause: Duration::ZERO,
            stop_after: None,
            continue_on_error: true,
            settle_grace: Duration::from_secs(2),
            rings: None,
            deadline: None,
            bulk: true,
        }
    }
}

/// When to give up. Both limits are allowed: a job stops when its failures *exceed* them.
///
/// Counted are the failures of the current run, so that a resumed job has the same chance again. What
/// was under way when the limit was passed is finished and may add to the failures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StopAfter {
    /// `Failures(5)` stops at the sixth failure.
    Failures(u64),
    /// Share in percent of the tasks that were open when the run began (not of those tried so far):
    /// with 200 open tasks `Percent(5.0)` stops at the eleventh failure.
    Percent(f64),
}

/// Where a job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum JobState {
    /// Started, and never run.
    Ready,
    /// Somebody runs it, and holds its lease.
    Running,
    /// Not at its end, for the reason that stands beside it; `run` goes on with it. So is a job whose
    /// process has died, once its lease has run out.
    Stopped,
    /// Nothing is left to do.
    Finished,
    Cancelled,
}

impl JobState {
    /// The word for it in the journal and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Finished => "finished",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state a word stands for.
    pub fn known(word: &str) -> Option<Self> {
        [Self::Ready, Self::Running, Self::Stopped, Self::Finished, Self::Cancelled]
            .into_iter()
            .find(|state| state.as_str() == word)
    }
}

impl std::fmt::Display for JobState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// How many tasks are in each state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counts {
    pub pending: u64,
    pub sending: u64,
    pub done: u64,
    pub failed: u64,
    pub unknown: u64,
    pub skipped: u64,
    pub held: u64,
    pub cancelled: u64,
    #[serde(default)]
    pub expired: u64,
}

/// How far the tasks that are done are proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Proofs {
    pub accepted: u64,
    pub delivered: u64,
    pub executed: u64,
    pub verified: u64,
}

impl Proofs {
    /// Done by the tenant's word alone.
    pub fn unproven(&self) -> u64 {
        self.accepted + self.delivered
    }

    pub(crate) fn slot(&mut self, step: Delivery) -> &mut u64 {
        match step {
            Delivery::Accepted => &mut self.accepted,
            Delivery::Delivered => &mut self.delivered,
            Delivery::Executed => &mut self.executed,
            Delivery::Verified => &mut self.verified,
        }
    }
}

/// How a ring went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RingDetail {
    /// From 0.
    pub ring: u32,
    pub state: RingState,
    pub opened_at: Timestamp,
    /// Until when the fleet is watched.
    pub soak_until: Option<Timestamp>,
    /// What its gate saw.
    pub health: Option<Health>,
    /// Why the next ring is held.
    pub reasons: Vec<String>,
}

/// Where a ring stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RingState {
    /// Its tasks are being sent.
    Open,
    /// They are through, and the fleet is watched.
    Soaking,
    /// The next one may begin, or has begun.
    Passed,
    /// The gate holds the next one, until somebody lets it pass.
    Held,
}

impl RingState {
    /// The word for it in the journal and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Soaking => "soaking",
            Self::Passed => "passed",
            Self::Held => "held",
        }
    }

    /// The state a word stands for.
    pub fn known(word: &str) -> Option<Self> {
        [Self::Open, Self::Soaking, Self::Passed, Self::Held].into_iter().find(|state| state.as_str() == word)
    }
}

impl Counts {
    /// All tasks.
    pub fn total(&self) -> u64 {
        TaskState::ALL.into_iter().map(|state| self.of(state)).sum()
    }

    /// Tasks that a run would still take up.
    pub fn open(&self) -> u64 {
        self.pending + self.sending + self.unknown
    }

    /// Tasks in one state.
    pub fn of(&self, state: TaskState) -> u64 {
        let mut copy = *self;
        *copy.slot(state)
    }

    /// The number of one state, to change it.
    pub(crate) fn slot(&mut self, state: TaskState) -> &mut u64 {
        match state {
            TaskState::Pending => &mut self.pending,
            TaskState::Sending => &mut self.sending,
            TaskState::Done => &mut self.done,
            TaskState::Failed => &mut self.failed,
            TaskState::Unknown => &mut self.unknown,
            TaskState::Skipped => &mut self.skipped,
            TaskState::Held => &mut self.held,
            TaskState::Cancelled => &mut self.cancelled,
            TaskState::Expired => &mut self.expired,
        }
    }
}

/// A job as `jobs show` tells it; its tasks are read on their own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobDetail {
    pub id: JobId,
    pub plan_id: PlanId,
    /// The job whose tasks this one took up again.
    pub retry_of: Option<JobId>,
    pub purpose: String,
    pub tenant: String,
    pub state: JobState,
    /// Why it stopped.
    pub stopped: Option<Stopped>,
    pub options: JobOptions,
    pub counts: Counts,
    /// How far what is done is proven.
    #[serde(default)]
    pub proofs: Proofs,
    pub created_at: Timestamp,
    pub started_by: String,
    /// When it came to its end.
    pub finished_at: Option<Timestamp>,
}

/// Why a job stopped before its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stopped {
    /// One sentence for people.
    pub why: String,
    /// The class of failure that every call ended with, if that was the reason.
    pub class: Option<String>,
}

/// What a run came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JobSummary {
    pub job: JobId,
    pub state: JobState,
    pub stopped: Option<Stopped>,
    pub counts: Counts,
    /// The class that all failed tasks share, if nothing was done and all failed for one reason.
    pub sole_failure: Option<String>,
    /// Duration of this run.
    pub elapsed: Duration,
}

/// Which tasks of a job to take up again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Only {
    Failed,
    Unknown,
    Held,
    Skipped,
    Expired,
}

impl Only {
    /// The state of those tasks.
    pub fn state(self) -> TaskState {
        match self {
            Self::Failed => TaskState::Failed,
            Self::Unknown => TaskState::Unknown,
            Self::Held => TaskState::Held,
            Self::Skipped => TaskState::Skipped,
            Self::Expired => TaskState::Expired,
        }
    }
}
