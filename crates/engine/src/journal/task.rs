//! A task: one item of a plan on its way.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::plan::{Action, CAPABILITY, PRECONDITION, PROTECTED, Target};

/// How far what was done is proven. A tenant's answer proves only that it has taken the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Delivery {
    /// The tenant has it.
    Accepted,
    /// The device has it.
    Delivered,
    /// The device says that it did it.
    Executed,
    /// It was read that it is so.
    Verified,
}

impl Delivery {
    /// Every step, in order.
    pub const ALL: [Self; 4] = [Self::Accepted, Self::Delivered, Self::Executed, Self::Verified];

    /// The word for it in the journal and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Delivered => "delivered",
            Self::Executed => "executed",
            Self::Verified => "verified",
        }
    }

    /// The step a word stands for.
    pub fn known(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == word)
    }
}

/// How far a task has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskState {
    /// Waits for its turn.
    Pending,
    /// Noted as sent; the request leaves after that, so it may or may not have arrived.
    Sending,
    Done,
    /// Not carried out, for a known reason.
    Failed,
    /// Sent, and the answer was lost; it is settled by reading, never by sending again.
    Unknown,
    /// Not needed, not possible, or it waited for something that failed.
    Skipped,
    /// Waits for an approval, in a plan of its own (`retry`).
    Held,
    Cancelled,
    /// Its deadline was over before it was sent.
    Expired,
}

impl TaskState {
    /// Every state, in the order of a task's life.
    pub const ALL: [Self; 9] = [
        Self::Pending,
        Self::Sending,
        Self::Done,
        Self::Failed,
        Self::Unknown,
        Self::Skipped,
        Self::Held,
        Self::Cancelled,
        Self::Expired,
    ];

    /// The word for it in the journal, in reports and on screen.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Sending => "sending",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Skipped => "skipped",
            Self::Held => "held",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
        }
    }

    /// The state a word stands for.
    pub fn known(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }
}

impl std::fmt::Display for TaskState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// One item of a job with its outcome so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Position in the plan.
    pub index: usize,
    pub target: Target,
    pub action: Action,
    /// Columns of the input row, in their order.
    pub input: Vec<(String, String)>,
    pub state: TaskState,
    /// Why it is in this state; while it is pending, why it ought to be done.
    pub reason: String,
    /// Class of a failure: a [`muster_client::Kind`] in lower case, or the guard rule that held or
    /// skipped it.
    pub class: Option<String>,
    /// How often it was sent.
    pub attempt: u32,
    /// What the tenant calls the effect: a command's UUID, an operation's id, a new user's id.
    pub command_id: Option<String>,
    /// When the state last changed.
    pub at: Option<Timestamp>,
    /// Of a task that is done: how far that is proven.
    #[serde(default)]
    pub delivery: Option<Delivery>,
    /// When it may be sent, from 0; all the same in a job without rings.
    #[serde(default)]
    pub ring: u32,
    /// What the target was like before, where the verb noted it.
    #[serde(default)]
    pub image: Option<serde_json::Value>,
}

impl Task {
    /// Whether it was left out because the platform or the tenant does not have it, and not because it was as wanted.
    pub fn is_unsupported(&self) -> bool {
        self.state == TaskState::Skipped && matches!(self.class.as_deref(), Some(CAPABILITY | "unsupported"))
    }

    /// Whether a rule of the guard left it out, and not because it was as wanted.
    pub fn is_kept_back(&self) -> bool {
        self.state == TaskState::Skipped && matches!(self.class.as_deref(), Some(PRECONDITION | PROTECTED))
    }
}
