//! One activation of a workflow, from the nudge to its result row.

mod activate;
mod carry;
mod ending;
mod recover;
mod waiting;

pub(crate) use activate::activate;
use carry::carry_out;
pub(crate) use recover::recover;
pub use waiting::WaitingPlan;
pub(crate) use waiting::waiting;
use waiting::{Asked, Waiting};

use jiff::Timestamp;
use uuid::Uuid;

use crate::schedule::Workflow;

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Not ended yet, or its controller died.
    Running,
    /// It came to its end; single tasks may have failed.
    Finished,
    /// It could not observe, plan or carry on; the error says why.
    Failed,
    /// Its controller was stopped, and nothing was left to be carried on with.
    Interrupted,
}

impl Outcome {
    /// The word under which the outcome is stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }

    /// The outcome of that word.
    pub fn known(word: &str) -> Option<Self> {
        [Self::Running, Self::Finished, Self::Failed, Self::Interrupted]
            .into_iter()
            .find(|outcome| outcome.as_str() == word)
    }
}

/// Whose trouble it is that a run failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// The tenant did not answer or refused the credentials: the probes find the same and tell it.
    Tenant,
    /// Anything else.
    Run,
}

impl Cause {
    /// The word under which the cause is stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Run => "run",
        }
    }

    /// The cause of that word.
    pub fn known(word: &str) -> Option<Self> {
        [Self::Tenant, Self::Run].into_iter().find(|cause| cause.as_str() == word)
    }
}

/// Why a run failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    pub cause: Cause,
    /// One line for a person.
    pub text: String,
}

/// What a run found and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Devices that break a policy.
    pub noncompliant: u64,
    /// Items that the workflow wants done.
    pub planned: u64,
    /// Of these, items that an earlier run has asked for: they wait for a person, or were sent lately.
    pub waiting: u64,
    /// Items that the guard holds until a person approves them, those of [`Self::waiting`] not counted.
    pub held: u64,
    pub done: u64,
    pub failed: u64,
    pub unknown: u64,
    pub skipped: u64,
}

impl Tally {
    /// Tasks that were carried out, whatever came of it.
    pub fn ended(&self) -> u64 {
        self.done + self.failed + self.unknown
    }
}

/// One activation of a workflow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub id: Uuid,
    /// Name of the schedule that nudged.
    pub schedule: String,
    pub workflow: Workflow,
    /// The scheduled instant.
    pub due: Timestamp,
    /// Which controller carried it out.
    pub controller: String,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
    pub outcome: Outcome,
    pub tally: Tally,
    /// The plan that was proposed, if there was anything to propose.
    pub plan: Option<String>,
    /// The job that carried the plan out, if the schedule applies.
    pub job: Option<String>,
    /// Why it failed or was interrupted.
    pub failure: Option<Failure>,
}

impl Run {
    /// A run that begins at `started_at`.
    pub fn begun(
        id: Uuid,
        schedule: &str,
        workflow: Workflow,
        due: Timestamp,
        controller: &str,
        started_at: Timestamp,
    ) -> Self {
        Self {
            id,
            schedule: schedule.to_owned(),
            workflow,
            due,
            controller: controller.to_owned(),
            started_at,
            finished_at: None,
            outcome: Outcome::Running,
            tally: Tally::default(),
            plan: None,
            job: None,
            failure: None,
        }
    }
}
