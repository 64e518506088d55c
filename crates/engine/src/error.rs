//! What can go wrong in this room.

use crate::plan::{JobId, PlanId, Reason};

/// Why the engine did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The journal's database failed. Nothing is sent that it could not note down first.
    #[error("the journal cannot be {action}; nothing was sent that is not in it")]
    Journal {
        /// `written`, `read`, …
        action: &'static str,
        #[source]
        source: muster_store::Error,
    },
    /// A guard rule forbids the draft.
    #[error("refused: {}", texts(.reasons))]
    Refused { reasons: Vec<Reason> },
    /// The draft contradicts itself.
    #[error("the draft is not sound: {0}")]
    Draft(String),
    /// There is no such plan or job.
    #[error("there is no {what} `{id}`")]
    NotFound { what: &'static str, id: String },
    /// A shortened id fits several plans or jobs.
    #[error("`{id}` fits {} {what}s", .candidates.len())]
    Ambiguous { what: &'static str, id: String, candidates: Vec<String> },
    /// A plan is carried out once.
    #[error("plan {plan} was already applied, as job {job}")]
    AlreadyApplied { plan: PlanId, job: JobId },
    /// The plan is too old.
    #[error("plan {plan} has expired")]
    Expired { plan: PlanId },
    /// Since the plan was made, the guard has become stricter with it: a cap is used up, a freeze has begun.
    #[error("plan {plan} would not be let through any more: {}", texts(.reasons))]
    Stricter { plan: PlanId, reasons: Vec<Reason> },
    /// The plan takes up tasks of a job that only the state it was made in knows.
    #[error("plan {plan} takes up job {job}, and can be carried out only where that job is kept")]
    Elsewhere { plan: PlanId, job: JobId },
    /// The stored plan is not the one that was proposed.
    #[error("plan {plan} was changed after it was proposed: its hash does not fit")]
    Altered { plan: PlanId },
    /// There is nothing that an approval would let through.
    #[error("plan {plan} holds nothing back, so there is nothing to approve")]
    NothingHeld { plan: PlanId },
    /// A confirmation without a name.
    #[error("a confirmation needs the name of whoever gives it")]
    Nameless,
    /// An approval, template or approver that does not count.
    #[error("this does not count as an approval: {why}")]
    NoConsent { why: String },
    /// Another process is carrying the job out.
    #[error("job {job} is being run by {owner}")]
    Busy { job: JobId, owner: String },
    /// Another process took the job over while this one was stalled.
    #[error("job {job} was taken over by another process")]
    LeaseLost { job: JobId },
    /// The job belongs to another tenant than the one that is connected.
    #[error("job {job} was planned for `{planned}`, but the connection is to `{connected}`")]
    OtherTenant { job: JobId, planned: String, connected: String },
    /// Nothing in the job is in the wanted state.
    #[error("job {job} has no {state} tasks")]
    NothingToRetry { job: JobId, state: &'static str },
    /// Nothing that the job did can be taken back.
    #[error("job {job} did nothing that can be taken back")]
    NothingToUndo { job: JobId },
    /// No gate holds the job.
    #[error("no ring of job {job} is held")]
    NothingToContinue { job: JobId },
    /// A stored value is not what this program writes.
    #[error("the journal holds a {what} that cannot be read: {why}")]
    Corrupt { what: &'static str, why: String },
    /// A key, approval or checkpoint is not of its form.
    #[error("this {what} cannot be read: {why}")]
    Note { what: &'static str, why: String },
    /// A proof does not prove what it should.
    #[error("nothing is proven: {why}")]
    Proof { why: String },
    /// A log was to be verified with nobody to believe.
    #[error("a log is verified with the public key of whoever signed its checkpoints, and there is none")]
    Untrusted,
    /// The audit is not as it was written.
    #[error("the audit was altered: record {record} {why}")]
    Audit { record: i64, why: String },
}

/// What a caller decides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The state folder or database needs attention.
    Journal,
    /// The guard said no, or an approval is missing.
    Refused,
    /// What was named does not exist.
    NotFound,
    /// The request itself is wrong.
    Usage,
    /// Somebody else is at it, or it has been done.
    Conflict,
    /// A defect of this program or of the stored data.
    Bug,
}

impl Error {
    /// The class of the error.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Journal { .. } => Kind::Journal,
            Self::Refused { .. }
            | Self::Stricter { .. }
            | Self::Expired { .. }
            | Self::Altered { .. }
            | Self::NoConsent { .. } => Kind::Refused,
            Self::NotFound { .. } => Kind::NotFound,
            Self::Ambiguous { .. }
            | Self::NothingHeld { .. }
            | Self::Nameless
            | Self::OtherTenant { .. }
            | Self::Elsewhere { .. }
            | Self::NothingToRetry { .. }
            | Self::NothingToUndo { .. }
            | Self::NothingToContinue { .. }
            | Self::Note { .. }
            | Self::Untrusted => Kind::Usage,
            Self::AlreadyApplied { .. } | Self::Busy { .. } | Self::LeaseLost { .. } => Kind::Conflict,
            Self::Draft(_) | Self::Corrupt { .. } | Self::Audit { .. } | Self::Proof { .. } => Kind::Bug,
        }
    }
}

fn texts(reasons: &[Reason]) -> String {
    let texts: Vec<&str> = reasons.iter().map(|reason| reason.text.as_str()).collect();
    texts.join("; ")
}
