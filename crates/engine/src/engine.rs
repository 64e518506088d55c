//! The room's front door: one handle over one database.

use std::sync::Arc;

use muster_store::{Clock, Database};

use crate::audit::{AuditRecord, AuditState};
use crate::error::Error;
use crate::guard::GuardPolicy;
use crate::journal::{JobDetail, JobOptions, JobSummary, Only, Task};
use crate::plan::{Draft, JobId, Plan, PlanSummary};
use crate::runner::{Progress, Stop, Tenant};

/// Keeps plans and jobs, and carries them out. Cheap to clone; needs no tenant to list and show.
#[derive(Clone)]
pub struct Engine {
    database: Database,
    clock: Arc<dyn Clock>,
    policy: GuardPolicy,
}

impl Engine {
    /// Opens the engine over a database and brings its tables up to date.
    pub async fn open(database: Database, clock: Arc<dyn Clock>, policy: GuardPolicy) -> Result<Self, Error> {
        Ok(Self { database, clock, policy })
    }

    /// For a caller that holds the lock of the state folder: whoever still has a lease on a job is dead,
    /// so a job can be resumed without waiting for the lease to run out.
    #[must_use]
    pub fn alone(self) -> Self {
        self
    }

    /// Lets the guard decide on a draft and keeps the result as a plan. A preview ends here.
    pub async fn propose(&self, draft: Draft, requested_by: &str, tenant: &str) -> Result<Plan, Error> {
        let _ = (&self.database, &self.clock, &self.policy, draft, requested_by, tenant);
        Err(not_built())
    }

    /// Every plan, newest first.
    pub async fn plans(&self) -> Result<Vec<PlanSummary>, Error> {
        Err(not_built())
    }

    /// A plan by its id, or by a beginning or an end of it that fits no other.
    pub async fn plan(&self, id: &str) -> Result<Plan, Error> {
        let _ = id;
        Err(not_built())
    }

    /// Lets the held items of a plan through, in somebody's name, for a limited time.
    pub async fn approve(&self, id: &str, by: &str, note: &str) -> Result<Plan, Error> {
        let _ = (id, by, note);
        Err(not_built())
    }

    /// Turns a plan into a job. Held items of a plan without a valid approval become held tasks.
    pub async fn start(&self, plan: &Plan, options: JobOptions) -> Result<JobId, Error> {
        let _ = (plan, options);
        Err(not_built())
    }

    /// Carries a job out, or goes on with it after whatever ended the last run.
    pub async fn run(
        &self,
        job: &JobId,
        tenant: &Tenant,
        progress: &dyn Progress,
        stop: &Stop,
    ) -> Result<JobSummary, Error> {
        let _ = (job, tenant, progress, stop);
        Err(not_built())
    }

    /// Every job, newest first.
    pub async fn jobs(&self) -> Result<Vec<JobDetail>, Error> {
        Err(not_built())
    }

    /// A job by its id, or by a beginning or an end of it that fits no other.
    pub async fn job(&self, id: &str) -> Result<JobDetail, Error> {
        let _ = id;
        Err(not_built())
    }

    /// The tasks of a job, in the order of its plan.
    pub async fn tasks(&self, job: &JobId) -> Result<Vec<Task>, Error> {
        let _ = job;
        Err(not_built())
    }

    /// Takes the waiting tasks out of a job; what is under way is finished.
    pub async fn cancel(&self, id: &str, by: &str) -> Result<JobDetail, Error> {
        let _ = (id, by);
        Err(not_built())
    }

    /// Proposes a new plan from the tasks of a job that ended in one state. It passes the guard again.
    pub async fn retry(&self, id: &str, only: Only, requested_by: &str) -> Result<Plan, Error> {
        let _ = (id, only, requested_by);
        Err(not_built())
    }

    /// The whole audit, oldest first.
    pub async fn audit(&self) -> Result<Vec<AuditRecord>, Error> {
        Err(not_built())
    }

    /// Recomputes the audit's chain; an edited, missing or moved record is an error that names it.
    pub async fn verify_audit(&self) -> Result<AuditState, Error> {
        Err(not_built())
    }
}

fn not_built() -> Error {
    Error::Draft("this part of the engine is not built yet".to_owned())
}
