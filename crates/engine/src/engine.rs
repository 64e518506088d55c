//! The room's front door: one handle over one database.

use std::sync::Arc;

use jiff::SignedDuration;
use muster_store::{Clock, Database};

use crate::approval;
use crate::audit::{AuditRecord, AuditState};
use crate::error::Error;
use crate::guard::{self, GuardPolicy};
use crate::journal::{JobDetail, JobOptions, JobSummary, Journal, Only, Origin, Seam, Task};
use crate::plan::{Decision, Draft, JobId, Plan, PlanId, PlanItem, PlanStatus, PlanSummary, Verdict};
use crate::retry::{self, Again};
use crate::runner::{self, Order, Progress, Stop, Tenant};

/// Keeps plans and jobs, and carries them out. Cheap to clone; needs no tenant to list and show.
#[derive(Clone)]
pub struct Engine {
    journal: Journal,
    policy: GuardPolicy,
    alone: bool,
}

impl Engine {
    /// Opens the engine over a database and brings its tables up to date.
    ///
    /// # Errors
    /// [`Error::Journal`] if the database is not ours, full, locked or read-only.
    pub async fn open(database: Database, clock: Arc<dyn Clock>, policy: GuardPolicy) -> Result<Self, Error> {
        Ok(Self { journal: Journal::open(database, clock).await?, policy, alone: false })
    }

    /// For a caller that holds the lock of the state folder: whoever still has a lease on a job is dead,
    /// so a job can be resumed without waiting for the lease to run out.
    #[must_use]
    pub fn alone(self) -> Self {
        Self { alone: true, ..self }
    }

    /// For tests: is told of every append to the journal.
    #[must_use]
    pub fn with_seam(self, seam: Arc<dyn Seam>) -> Self {
        Self { journal: self.journal.with_seam(seam), ..self }
    }

    /// Lets the guard decide on a draft and keeps the result as a plan. A preview ends here.
    ///
    /// # Errors
    /// [`Error::Refused`] with the guard's reasons (nothing is kept then but the audit's record),
    /// [`Error::Draft`], [`Error::Journal`].
    pub async fn propose(&self, draft: Draft, requested_by: &str, tenant: &str) -> Result<Plan, Error> {
        self.propose_again(draft, requested_by, tenant, None).await
    }

    async fn propose_again(
        &self,
        draft: Draft,
        requested_by: &str,
        tenant: &str,
        again: Option<(JobId, Origins)>,
    ) -> Result<Plan, Error> {
        draft.check().map_err(Error::Draft)?;
        let now = self.journal.now();
        let id = PlanId::new(now);
        let judgement = guard::judge(&draft, &self.policy);
        if judgement.plan.verdict == Verdict::Refuse {
            let reasons = judgement.plan.reasons;
            self.journal.record_refusal(requested_by, &draft.purpose, &reasons).await?;
            return Err(Error::Refused { reasons });
        }
        let lifetime = SignedDuration::from_hours(self.policy.plan_hours.into());
        let mut plan = Plan {
            id,
            hash: String::new(),
            created_at: now,
            expires_at: now.checked_add(lifetime).unwrap_or(jiff::Timestamp::MAX),
            requested_by: requested_by.to_owned(),
            tenant: tenant.to_owned(),
            purpose: draft.purpose,
            selection: draft.selection,
            items: draft.items.into_iter().zip(judgement.items).enumerate().map(item).collect(),
            decision: judgement.plan,
            status: PlanStatus::Proposed,
            approvals: Vec::new(),
            retry_of: again.as_ref().map(|(job, _)| *job),
        };
        let origin = again.map(|(_, origins)| {
            for (item, since) in plan.items.iter_mut().zip(origins.unsettled_since) {
                item.unsettled_since = since;
            }
            Origin(origins.origin)
        });
        plan.hash = plan.compute_hash();
        self.journal.keep_plan(&plan, origin.as_ref()).await?;
        Ok(plan)
    }

    /// Every plan, newest first.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn plans(&self) -> Result<Vec<PlanSummary>, Error> {
        self.journal.plans().await
    }

    /// A plan by its id, or by a beginning or an end of it that fits no other.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Ambiguous`], [`Error::Journal`].
    pub async fn plan(&self, id: &str) -> Result<Plan, Error> {
        self.journal.plan(id).await
    }

    /// Lets the held items of a plan through, in somebody's name, for a limited time.
    ///
    /// # Errors
    /// As [`Engine::plan`], and [`Error::Nameless`], [`Error::AlreadyApplied`], [`Error::Expired`],
    /// [`Error::NothingHeld`], [`Error::Altered`].
    pub async fn approve(&self, id: &str, by: &str, note: &str) -> Result<Plan, Error> {
        let plan = self.journal.plan(id).await?;
        let approval = approval::approve(&plan, by, note, self.journal.now(), self.policy.approval_hours)?;
        self.journal.keep_approval(&plan, &approval).await?;
        self.journal.plan(&plan.id.to_string()).await
    }

    /// Turns a plan into a job. Held items of a plan without a valid approval become held tasks.
    ///
    /// # Errors
    /// [`Error::AlreadyApplied`], which names the job, [`Error::Expired`], [`Error::Altered`],
    /// [`Error::NotFound`], [`Error::Journal`].
    pub async fn start(&self, plan: &Plan, options: JobOptions) -> Result<JobId, Error> {
        // What is carried out is what is kept, not what the caller holds in memory.
        let kept = self.journal.plan(&plan.id.to_string()).await?;
        match kept.status {
            PlanStatus::Applied { job } => return Err(Error::AlreadyApplied { plan: kept.id, job }),
            PlanStatus::Expired => return Err(Error::Expired { plan: kept.id }),
            PlanStatus::Proposed => {}
        }
        if kept.compute_hash() != kept.hash || kept.hash != plan.hash {
            return Err(Error::Altered { plan: kept.id });
        }
        let approval = kept.approval(self.journal.now());
        self.journal.start(&kept, &options, approval.map(|approval| approval.by.as_str())).await
    }

    /// Carries a job out, or goes on with it after whatever ended the last run: first the outcomes that
    /// are not known are read back, then what waits is sent. Holds a lease, so that no two processes run
    /// one job.
    ///
    /// # Errors
    /// [`Error::Busy`], [`Error::OtherTenant`], [`Error::LeaseLost`]; [`Error::Journal`] if an outcome or a
    /// mark cannot be written, and then nothing more is sent. Failed tasks are no error.
    pub async fn run(
        &self,
        job: &JobId,
        tenant: &Tenant,
        progress: &dyn Progress,
        stop: &Stop,
    ) -> Result<JobSummary, Error> {
        let job = self.journal.job(&job.to_string()).await?;
        runner::run(Order { journal: &self.journal, job, tenant, progress, stop, alone: self.alone }).await
    }

    /// Every job, newest first.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn jobs(&self) -> Result<Vec<JobDetail>, Error> {
        self.journal.jobs().await
    }

    /// A job by its id, or by a beginning or an end of it that fits no other.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Ambiguous`], [`Error::Journal`].
    pub async fn job(&self, id: &str) -> Result<JobDetail, Error> {
        self.journal.job(id).await
    }

    /// The tasks of a job, in the order of its plan.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn tasks(&self, job: &JobId) -> Result<Vec<Task>, Error> {
        self.journal.tasks(*job).await
    }

    /// Takes the waiting tasks out of a job; what is under way is finished, and what is unknown can
    /// still be settled by [`Engine::run`].
    ///
    /// # Errors
    /// As [`Engine::job`].
    pub async fn cancel(&self, id: &str, by: &str) -> Result<JobDetail, Error> {
        let job = self.journal.job(id).await?.id;
        self.journal.cancel(job, by).await?;
        self.journal.job(&job.to_string()).await
    }

    /// Proposes a new plan from the tasks of a job that are in one state, with those that were skipped
    /// because they wait for one of them. It passes the guard again. Tasks whose outcome is unknown are
    /// read back before anything is sent, and leave the old job when the new one starts.
    ///
    /// # Errors
    /// As [`Engine::job`] and [`Engine::propose`], and [`Error::NothingToRetry`].
    pub async fn retry(&self, id: &str, only: Only, requested_by: &str) -> Result<Plan, Error> {
        let job = self.journal.job(id).await?;
        let plan = self.journal.plan(&job.plan_id.to_string()).await?;
        let tasks = self.journal.tasks(job.id).await?;
        let sent_at = self.journal.sent_at(job.id).await?;
        let Again { draft, origin, unsettled_since } = retry::again(plan, &tasks, only, &sent_at);
        if draft.items.is_empty() {
            return Err(Error::NothingToRetry { job: job.id, state: only.state().as_str() });
        }
        let origins = Origins { origin, unsettled_since };
        self.propose_again(draft, requested_by, &job.tenant, Some((job.id, origins))).await
    }

    /// The whole audit, oldest first.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn audit(&self) -> Result<Vec<AuditRecord>, Error> {
        self.journal.audit().await
    }

    /// Recomputes the audit's chain.
    ///
    /// # Errors
    /// [`Error::Audit`] names the first record that was edited, moved, removed or added.
    pub async fn verify_audit(&self) -> Result<AuditState, Error> {
        self.journal.verify_audit().await
    }
}

/// Where the items of a repeated plan come from, in their order.
struct Origins {
    origin: Vec<usize>,
    unsettled_since: Vec<Option<jiff::Timestamp>>,
}

fn item((index, (draft, decision)): (usize, (crate::plan::DraftItem, Decision))) -> PlanItem {
    PlanItem {
        index,
        target: draft.target,
        action: draft.action,
        reason: draft.reason,
        before: draft.before,
        input: draft.input,
        after: draft.after,
        decision,
        unsettled_since: None,
    }
}
