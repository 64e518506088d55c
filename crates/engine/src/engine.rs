//! The room's front door: one handle over one database.

mod approvals;
mod audit;

use std::sync::Arc;

use jiff::SignedDuration;
use muster_client::Client;
use muster_store::{Clock, Database};

use crate::error::Error;
use crate::guard::{self, Explanation, Facts, GuardPolicy, Judgement};
use crate::inquiry;
use crate::journal::{
    JobDetail, JobOptions, JobSummary, Journal, Lookback, Only, Origin, Pruned, RingDetail, Seam, Task,
};
use crate::plan::{
    Decision, Draft, History, JobId, Plan, PlanId, PlanItem, PlanStatus, PlanSummary, Surroundings, Verdict,
};
use crate::retry::{self, Again};
use crate::runner::{self, Order, Progress, Stop, Tenant};
use crate::undo;

/// Keeps plans and jobs, and carries them out. Cheap to clone; needs no tenant to list and show.
#[derive(Clone)]
pub struct Engine {
    journal: Journal,
    policy: GuardPolicy,
    /// How people call the tenant, for policies that name it.
    context: Option<String>,
    alone: bool,
}

impl Engine {
    /// Opens the engine over a database and brings its tables up to date.
    ///
    /// # Errors
    /// [`Error::Journal`] if the database is not ours, full, locked or read-only.
    pub async fn open(database: Database, clock: Arc<dyn Clock>, policy: GuardPolicy) -> Result<Self, Error> {
        Ok(Self { journal: Journal::open(database, clock).await?, policy, context: None, alone: false })
    }

    /// For a caller that holds the lock of the state folder: whoever still has a lease on a job is dead,
    /// so a job can be resumed without waiting for the lease to run out.
    #[must_use]
    pub fn alone(self) -> Self {
        Self { alone: true, ..self }
    }

    /// For policies that name a context.
    #[must_use]
    pub fn in_context(self, name: Option<String>) -> Self {
        Self { context: name, ..self }
    }

    /// For tests: is told of every append to the journal.
    #[must_use]
    pub fn with_seam(self, seam: Arc<dyn Seam>) -> Self {
        Self { journal: self.journal.with_seam(seam), ..self }
    }

    /// The policy that the guard goes by.
    pub fn policy(&self) -> &GuardPolicy {
        &self.policy
    }

    /// Reads from the tenant what the guard weighs in a draft: nothing for harmless changes. What cannot be read is
    /// noted as unread, and the guard is strict then.
    pub async fn ask(&self, client: &Client, draft: &Draft) -> Surroundings {
        inquiry::ask(client, draft, &self.policy).await
    }

    /// Lets the guard decide on a draft without knowing more of the tenant than the draft says.
    ///
    /// # Errors
    /// As [`Engine::propose_knowing`].
    pub async fn propose(&self, draft: Draft, requested_by: impl Into<Requester>, tenant: &str) -> Result<Plan, Error> {
        self.propose_knowing(draft, requested_by, tenant, Surroundings::default()).await
    }

    /// Lets the guard decide on a draft and keeps the result as a plan. A preview ends here.
    ///
    /// # Errors
    /// [`Error::Refused`] with the guard's reasons (nothing is kept then but the audit's record),
    /// [`Error::Draft`], [`Error::Journal`].
    pub async fn propose_knowing(
        &self,
        draft: Draft,
        requested_by: impl Into<Requester>,
        tenant: &str,
        surroundings: Surroundings,
    ) -> Result<Plan, Error> {
        self.propose_again(draft, requested_by.into(), tenant, surroundings, None).await
    }

    /// What every rule of the guard says to a draft now.
    async fn judge(&self, draft: &Draft, tenant: &str, surroundings: &Surroundings) -> Result<Judgement, Error> {
        let now = self.journal.now();
        let (risks, words) = self.policy.counted();
        let back = |window| now.checked_sub(window).unwrap_or(jiff::Timestamp::MIN);
        let lookback = Lookback { tenant, since: self.policy.longest_window().map(back), risks, words };
        let counts = draft.items.iter().any(|item| self.policy.caps.iter().any(|cap| cap.counts(&item.action)));
        // Where no cap counts, there is nothing to look back for.
        let lookback = if counts { lookback } else { Lookback { since: None, ..lookback } };
        let history: History = self.journal.history(draft, &lookback).await?;
        let context = self.context.as_deref();
        let facts = Facts { draft, policy: &self.policy, tenant, context, surroundings, history: &history, now };
        Ok(guard::judge(&facts))
    }

    /// What would happen to a plan if it were carried out now, rule by rule.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn explain(&self, plan: &Plan) -> Result<(Decision, Vec<Explanation>), Error> {
        let judgement = self.judge(&plan.as_draft(), &plan.tenant, &plan.surroundings).await?;
        Ok((judgement.plan, judgement.rules))
    }

    async fn propose_again(
        &self,
        draft: Draft,
        requester: Requester,
        tenant: &str,
        surroundings: Surroundings,
        again: Option<(JobId, Origins)>,
    ) -> Result<Plan, Error> {
        draft.check().map_err(Error::Draft)?;
        let now = self.journal.now();
        let id = PlanId::new(now);
        let judgement = self.judge(&draft, tenant, &surroundings).await?;
        if judgement.plan.verdict == Verdict::Refuse {
            let reasons = judgement.plan.reasons;
            self.journal.record_refusal(&requester.name, &draft.purpose, &reasons).await?;
            return Err(Error::Refused { reasons });
        }
        let lifetime = SignedDuration::from_hours(self.policy.plan_hours.into());
        let mut plan = Plan {
            id,
            hash: String::new(),
            created_at: now,
            expires_at: now.checked_add(lifetime).unwrap_or(jiff::Timestamp::MAX),
            authors: requester.authors(),
            requested_by: requester.name,
            tenant: tenant.to_owned(),
            purpose: draft.purpose,
            selection: draft.selection,
            items: draft.items.into_iter().zip(judgement.items).enumerate().map(item).collect(),
            decision: judgement.plan,
            status: PlanStatus::Proposed,
            approvals: Vec::new(),
            retry_of: again.as_ref().map(|(job, _)| *job),
            surroundings,
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

    /// Takes a plan that was made elsewhere. Its hash has to fit; the guard decides anew, by the policy of this
    /// engine, and who takes it is its requester. Approvals that were given elsewhere do not come with it.
    ///
    /// # Errors
    /// [`Error::Altered`] if its hash does not fit, or another plan has its id; [`Error::Expired`],
    /// [`Error::Elsewhere`], and those of [`Engine::propose_knowing`].
    pub async fn import(&self, plan: Plan, by: impl Into<Requester>) -> Result<Plan, Error> {
        let now = self.journal.now();
        let mut requester = by.into();
        // Whoever made it elsewhere had a hand in it.
        requester.others.extend(plan.authors.iter().cloned().chain([plan.requested_by.clone()]));
        if plan.compute_hash() != plan.hash {
            return Err(Error::Altered { plan: plan.id });
        }
        match self.journal.plan(&plan.id.to_string()).await {
            Ok(kept) if kept.hash == plan.hash => return Ok(kept),
            Ok(_) => return Err(Error::Altered { plan: plan.id }),
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(error),
        }
        if let Some(job) = plan.retry_of {
            return Err(Error::Elsewhere { plan: plan.id, job });
        }
        let lifetime = SignedDuration::from_hours(self.policy.plan_hours.into());
        let latest = plan.created_at.min(now).checked_add(lifetime).unwrap_or(jiff::Timestamp::MAX);
        let expires_at = plan.expires_at.min(latest);
        if expires_at <= now {
            return Err(Error::Expired { plan: plan.id });
        }
        let draft = plan.as_draft();
        draft.check().map_err(Error::Draft)?;
        let judgement = self.judge(&draft, &plan.tenant, &plan.surroundings).await?;
        if judgement.plan.verdict == Verdict::Refuse {
            let reasons = judgement.plan.reasons;
            self.journal.record_refusal(&requester.name, &plan.purpose, &reasons).await?;
            return Err(Error::Refused { reasons });
        }
        let mut plan = Plan {
            expires_at,
            authors: requester.authors(),
            requested_by: requester.name,
            decision: judgement.plan,
            status: PlanStatus::Proposed,
            approvals: Vec::new(),
            ..plan
        };
        for (item, decision) in plan.items.iter_mut().zip(judgement.items) {
            item.decision = decision;
        }
        plan.hash = plan.compute_hash();
        self.journal.keep_plan(&plan, None).await?;
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

    /// Turns a plan into a job. Held items that no valid approval and no template
    /// lets through become held tasks.
    ///
    /// # Errors
    /// [`Error::AlreadyApplied`], which names the job, [`Error::Expired`], [`Error::Altered`],
    /// [`Error::Stricter`] if the guard would not let through any more what it did, [`Error::NotFound`],
    /// [`Error::Journal`].
    pub async fn start(&self, plan: &Plan, options: JobOptions) -> Result<JobId, Error> {
        self.start_without(plan, options, &[]).await
    }

    /// The same, with the items left out that are not any more as the plan says: they become skipped tasks with the
    /// reason given.
    ///
    /// # Errors
    /// As [`Engine::start`].
    pub async fn start_without(
        &self,
        plan: &Plan,
        options: JobOptions,
        left_out: &[(usize, String)],
    ) -> Result<JobId, Error> {
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
        let approved = kept.approval(self.journal.now()).is_some();
        self.still_lets_through(&kept, approved).await?;
        self.journal.start(&kept, &options, left_out).await
    }

    /// Time passes between a plan and its start: caps fill up, freezes begin, contexts are locked. What was let
    /// through then and would not be now is not sent; an approval covers what is held, and nothing that is refused.
    async fn still_lets_through(&self, plan: &Plan, approved: bool) -> Result<(), Error> {
        let judgement = self.judge(&plan.as_draft(), &plan.tenant, &plan.surroundings).await?;
        let refused = judgement.plan.verdict == Verdict::Refuse;
        let stricter =
            plan.items.iter().zip(&judgement.items).filter(|(item, now)| {
                !approved && item.decision.verdict == Verdict::Allow && now.verdict > Verdict::Allow
            });
        let mut reasons = if refused { judgement.plan.reasons.clone() } else { Vec::new() };
        for reason in stricter.flat_map(|(_, now)| &now.reasons) {
            if reasons.len() < guard::REPEATED_REASONS && !reasons.iter().any(|known| known.text == reason.text) {
                reasons.push(reason.clone());
            }
        }
        if reasons.is_empty() { Ok(()) } else { Err(Error::Stricter { plan: plan.id, reasons }) }
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
    pub async fn retry(&self, id: &str, only: Only, requested_by: impl Into<Requester>) -> Result<Plan, Error> {
        let job = self.journal.job(id).await?;
        let mut requester = requested_by.into();
        let plan = self.journal.plan(&job.plan_id.to_string()).await?;
        // What is taken up again is the work of whoever asked for it first, too.
        requester.others.extend(plan.authors.iter().cloned().chain([plan.requested_by.clone()]));
        let tasks = self.journal.tasks(job.id).await?;
        let sent_at = self.journal.sent_at(job.id).await?;
        let surroundings = plan.surroundings.clone();
        let Again { draft, origin, unsettled_since } = retry::again(plan, &tasks, only, &sent_at);
        if draft.items.is_empty() {
            return Err(Error::NothingToRetry { job: job.id, state: only.state().as_str() });
        }
        let origins = Origins { origin, unsettled_since };
        self.propose_again(draft, requester, &job.tenant, surroundings, Some((job.id, origins))).await
    }

    /// Proposes a plan that takes back what a job did, out of what was noted before it was sent. It passes the
    /// guard as every plan does; what cannot be taken back is in it as a skipped item with the reason.
    ///
    /// # Errors
    /// As [`Engine::job`] and [`Engine::propose`], and [`Error::NothingToUndo`].
    pub async fn undo(&self, id: &str, requested_by: impl Into<Requester>) -> Result<Plan, Error> {
        let job = self.journal.job(id).await?;
        let plan = self.journal.plan(&job.plan_id.to_string()).await?;
        let after = plan.items.iter().filter_map(|item| Some((item.index, item.after?))).collect();
        let draft = undo::draft(&job, &self.journal.tasks(job.id).await?, &after);
        if draft.items.iter().all(|item| item.nothing_to_do.is_some()) {
            return Err(Error::NothingToUndo { job: job.id });
        }
        self.propose(draft, requested_by, &job.tenant).await
    }

    /// Gives a job up and proposes a plan that takes back what it did.
    ///
    /// # Errors
    /// As [`Engine::cancel`] and [`Engine::undo`].
    pub async fn roll_back(&self, id: &str, requested_by: &str) -> Result<Plan, Error> {
        let job = self.cancel(id, requested_by).await?;
        self.undo(&job.id.to_string(), requested_by).await
    }

    /// Lets the next ring of a job begin although its gate holds it, in somebody's name; [`Engine::run`] goes on.
    ///
    /// # Errors
    /// As [`Engine::job`], and [`Error::NothingToContinue`].
    pub async fn let_pass(&self, id: &str, by: &str) -> Result<JobDetail, Error> {
        let job = self.journal.job(id).await?;
        if !self.journal.pass_ring(job.id, by).await? {
            return Err(Error::NothingToContinue { job: job.id });
        }
        Ok(job)
    }

    /// How the rings of a job went so far; none in a job without rings.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn rings(&self, job: &JobId) -> Result<Vec<RingDetail>, Error> {
        self.journal.rings(*job).await
    }

    /// How many tasks of a job failed or are unknown, by class, most first.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn failure_classes(&self, job: &JobId) -> Result<Vec<(String, u64)>, Error> {
        self.journal.failure_classes(*job).await
    }

    /// Reads how far what a job did has come: whether devices got it and did it. A task that the tenant accepted and
    /// its device could not do is failed afterwards. Sends nothing.
    ///
    /// # Errors
    /// As [`Engine::run`].
    pub async fn prove_job(
        &self,
        job: &JobId,
        tenant: &Tenant,
        progress: &dyn Progress,
        stop: &Stop,
    ) -> Result<JobDetail, Error> {
        let job = self.journal.job(&job.to_string()).await?;
        runner::prove(Order { journal: &self.journal, job, tenant, progress, stop, alone: self.alone }).await
    }

    /// Forgets jobs that came to their end so long ago, and plans that expired then. The audit keeps what they did.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn prune(&self, older_than: SignedDuration, by: &str) -> Result<Pruned, Error> {
        let before = self.journal.now().checked_sub(older_than).unwrap_or(jiff::Timestamp::MIN);
        self.journal.prune(before, by).await
    }
}

/// Who asks for a plan, by every name that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requester {
    /// The name that the plan and the audit carry.
    pub name: String,
    /// Others who had a hand in it: the account of the process, the owner of a file that the targets came from.
    pub others: Vec<String>,
}

impl Requester {
    /// Every name once.
    fn authors(&self) -> Vec<String> {
        let names: std::collections::BTreeSet<&String> = self.others.iter().chain([&self.name]).collect();
        names.into_iter().filter(|name| !name.trim().is_empty()).cloned().collect()
    }
}

impl From<&str> for Requester {
    fn from(name: &str) -> Self {
        Self { name: name.to_owned(), others: Vec::new() }
    }
}

impl From<&String> for Requester {
    fn from(name: &String) -> Self {
        name.as_str().into()
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
