//! The room's front door: one handle over one database.

mod approvals;
mod audit;
mod hearing;
mod proposing;
mod source;
mod starting;

use std::sync::Arc;

use futures_util::FutureExt as _;
use jiff::SignedDuration;
use muster_client::Client;
use muster_store::salvage::Wreck;
use muster_store::{Clock, Database};

use crate::error::Error;
use crate::guard::{GuardPolicy, Pause};
use crate::inquiry::{self, Seen};
use crate::journal::{JobDetail, JobSummary, Journal, PAGE, Pruned, RingDetail, Salvaged, Seam, Task, counted};
use crate::plan::{Action, Draft, JobId, Plan, PlanHead, PlanSummary, Surroundings, Target};
use crate::runner::{self, Order, Progress, Stop, Tenant};

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

    /// Reads what the targets of a draft are like now, as far as others could have changed what it would overwrite.
    /// What cannot be read is noted as unread.
    pub async fn look(&self, client: &Client, draft: &Draft) -> Seen {
        inquiry::look(client, draft).await
    }

    /// Reads the devices that calls of a draft name, and keeps them with their items: a call for one device, few for
    /// a list, none for what names no device. Where they cannot be read, the guard holds what is more than reversible.
    pub async fn devices_of(&self, client: &Client, draft: Draft) -> Draft {
        inquiry::devices_of(client, draft).await
    }

    /// Every plan, newest first.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn plans(&self) -> Result<Vec<PlanSummary>, Error> {
        self.journal.plans().await
    }

    /// A plan without its items, by its id, or by a beginning or an end of it that fits no other.
    ///
    /// # Errors
    /// As [`Engine::plan`].
    pub async fn plan_head(&self, id: &str) -> Result<PlanHead, Error> {
        self.journal.plan_head(id).await
    }

    /// A plan with all of its items, by its id, or by a beginning or an end of it that fits no other.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Ambiguous`], [`Error::Journal`].
    pub async fn plan(&self, id: &str) -> Result<Plan, Error> {
        self.journal.plan(id).await
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
        let pause = Pause::of(&self.policy, &job.tenant, self.context.as_deref(), job.created_at);
        let objection = |now, target: &Target, action: &Action| pause.as_ref()?.objects(now, target, action);
        let (journal, alone, objection) = (&self.journal, self.alone, &objection);
        // On the heap, so that whoever runs a job has room on its stack for more than that.
        runner::run(Order { journal, job, tenant, progress, stop, alone, objection }).boxed().await
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
        let (mut tasks, mut beyond) = (Vec::new(), None);
        loop {
            let page = self.task_page(job, beyond).await?;
            let Some(last) = page.last() else { return Ok(tasks) };
            beyond = Some(last.index);
            tasks.extend(page);
        }
    }

    /// The next tasks of a job beyond a place of its plan, some thousand at most; none at the end.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn task_page(&self, job: &JobId, beyond: Option<usize>) -> Result<Vec<Task>, Error> {
        let beyond = beyond.map_or(-1, |index| i64::try_from(index).unwrap_or(i64::MAX));
        self.journal.tasks(*job, beyond, PAGE).await
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
        let (journal, alone, objection) = (&self.journal, self.alone, &|_, _: &_, _: &_| None);
        runner::prove(Order { journal, job, tenant, progress, stop, alone, objection }).await
    }

    /// Fills a new database, which must be SQLite's and empty, with what is intact of a damaged one; answers what was found
    /// and what became of it. Tables of other rooms are filled too, if they are there. Nothing is sent.
    ///
    /// # Errors
    /// [`Error::Journal`] if the new database cannot be written.
    pub async fn salvage(
        wreck: &mut Wreck,
        into: Database,
        clock: Arc<dyn Clock>,
        by: &str,
    ) -> Result<Salvaged, Error> {
        Journal::salvage(wreck, into, clock, by).await
    }

    /// How long what was sent has to stay: as far as the longest window of a cap looks back, and never less than 30 days.
    pub fn counted(&self) -> SignedDuration {
        counted(self.policy.longest_window())
    }

    /// Forgets jobs that came to their end so long ago, and plans that expired then; none that [`Engine::counted`] still
    /// reaches. The audit keeps what they did.
    ///
    /// # Errors
    /// [`Error::Journal`].
    pub async fn prune(&self, older_than: SignedDuration, by: &str) -> Result<Pruned, Error> {
        let older_than = older_than.max(self.counted());
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
