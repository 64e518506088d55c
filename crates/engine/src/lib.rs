//! Carry out many writes safely: plan, guard, journal, run, settle, audit.
//!
//! Every change of a tenant takes one way. A [`Draft`] says what somebody wants; the [`guard`] decides on
//! every item and the result is kept as a [`Plan`] (a preview ends here, by the same code); an approval
//! may let through what was held; [`Engine::start`] turns the plan into a job with one task per item; and
//! [`Engine::run`] notes each task as *sending* before its request leaves. A process may die at any moment:
//! the next run reads back what was under way and goes on.
//!
//! Not here: what ought to be done (workflows), when and by whom (controller), and how it looks
//! (`muster`). Inside, `plan` and `guard` know only the wire, `verbs` know the client, `journal` knows the
//! database, and `runner` uses all four.

mod approval;
mod audit;
mod engine;
mod error;
pub mod guard;
mod inquiry;
mod journal;
mod note;
pub mod plan;
mod quota;
pub mod report;
mod retry;
mod runner;
mod undo;
mod verbs;

pub use approval::{Approver, Role, Template, Terms};
pub use audit::{
    AuditRecord, AuditState, Checkpoint, LogCheck, Proven, Severity, Trust, checkpoint_line, verify_proof,
};
pub use engine::{Engine, Requester};
pub use error::{Error, Kind};
pub use guard::{Explanation, GuardPolicy};
pub use inquiry::Seen;
pub use journal::{
    Append, Counts, Delivery, JobDetail, JobOptions, JobState, JobSummary, KEEP_JOBS_DAYS, Moment, Only, Proofs,
    Pruned, RingDetail, RingState, Salvaged, SalvagedAudit, SalvagedJob, SalvagedTable, Seam, StopAfter, Stopped, Task,
    TaskState, salvage_tables,
};
pub use note::{PublicKey, SigningKey};
pub use plan::{
    Action, Approval, ApprovalKind, Budget, Channel, Consequence, Decision, DeviceChange, DeviceTarget, Draft,
    DraftItem, FileMark, Gate, Growth, Health, JobId, OperationCall, OrganizationGroup, Password, Plan, PlanHead,
    PlanId, PlanItem, PlanStatus, PlanSummary, Reads, Reason, Right, Rings, Risk, SOAK, SecretPlace, SecretSpot,
    Selection, Share, Surroundings, Target, Undo, VerbFacts, Verdict, Verdicts, WipeProtection, Withheld, verb,
};
pub use quota::{Allowance, Forecast, Permitted, SharedQuota, Turn, Urgency};
pub use report::Report;
pub use runner::{Event, Progress, Silent, Stop, Tally, Tenant};
pub use verbs::{Keeper, Secrets, calls};
