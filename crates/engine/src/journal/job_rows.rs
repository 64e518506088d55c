//! SQL of jobs.

use muster_store::{Lease, Row, args};
use serde_json::json;

use super::job_counts::{self, Shift, Sums};
use super::{
    Append, Counts, JobDetail, JobOptions, JobState, Journal, Stopped, TaskState, audit_rows, in_flight, plan_rows,
    reading, ring_rows, text_of, value_of, word_of, writing,
};
use crate::audit::Occurrence;
use crate::error::Error;
use crate::plan::{JobId, PlanHead, PlanId};

/// The right to write outcomes of a job: only the run with the highest fence has it.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub job: JobId,
    pub fence: i64,
    /// Who runs it, for the audit.
    pub owner: String,
}

/// Of an item that an earlier job sent without learning the outcome, the task starts as unknown.
const TASKS_OF_PLAN: &str = "\
    insert into tasks (job_id, idx, state, reason, class, attempt, command_id, sending_at, at, after_idx) \
    select $1, idx, \
        case when verdict = 'skip' then 'skipped' when verdict = 'hold' and $2 = 0 then 'held' \
             when unsettled_since is not null then 'unknown' else 'pending' end, \
        case when verdict = 'skip' or (verdict = 'hold' and $2 = 0) then coalesce(explanation, reason) \
             else reason end, \
        case when verdict = 'skip' or (verdict = 'hold' and $2 = 0) then rule else null end, \
        case when unsettled_since is null then 0 else 1 end, \
        null, unsettled_since, $3, after_idx \
    from plan_items where plan_id = $4";

/// What is not any more as the plan says is not touched.
const LEAVE_OUT: &str = "\
    update tasks set state = 'skipped', reason = $1, class = 'drift', at = $2 \
    where job_id = $3 and idx = $4 and state in ('pending', 'held')";

/// Unknown tasks that another job has taken over are not this one's to settle any more.
const HAND_OVER: &str = "\
    update tasks set state = 'cancelled', reason = $1, at = $2 \
    where job_id = $3 and state = 'unknown' and idx in ( \
        select i.origin_idx from plan_items i join tasks t on t.job_id = $4 and t.idx = i.idx \
        where i.plan_id = $5 and t.state = 'unknown')";

impl Journal {
    /// Makes a job of a plan: all its tasks, or nothing.
    pub(crate) async fn start(
        &self,
        plan: &PlanHead,
        options: &JobOptions,
        left_out: &[(usize, String)],
    ) -> Result<JobId, Error> {
        let now = self.now();
        let approved_by = plan.approval(now).map(|approval| approval.by.as_str());
        // Read before the transaction begins: in memory nothing can be read beside it.
        let roster = self.roster().await?;
        let (job, plan_id) = (JobId::new(now), plan.id.to_string());
        let mut transaction = self.begin(Append::Start).await?;
        if let Some(job) = plan_rows::job_of(&mut transaction, &plan_id).await? {
            return Err(Error::AlreadyApplied { plan: plan.id, job });
        }
        let sql = "insert into jobs (id, plan_id, retry_of, purpose, tenant, state, options, created_at, started_by, \
                   fence) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)";
        let values = args![
            job.to_string(),
            plan_id.as_str(),
            plan.retry_of.map(|job| job.to_string()),
            plan.purpose.as_str(),
            plan.tenant.as_str(),
            JobState::Ready.as_str(),
            text_of(options)?,
            now,
            plan.requested_by.as_str(),
        ];
        transaction.execute(sql, values).await.map_err(writing)?;
        let values = args![job.to_string(), approved_by.is_some(), now, plan_id.as_str()];
        transaction.execute(TASKS_OF_PLAN, values).await.map_err(writing)?;
        let templates = match approved_by {
            None if plan.verdicts.hold > 0 => self.use_templates(&mut transaction, plan, job, (&roster, now)).await?,
            _ => Vec::new(),
        };
        for (index, why) in left_out {
            let values = args![why.as_str(), now, job.to_string(), *index];
            transaction.execute(LEAVE_OUT, values).await.map_err(writing)?;
        }
        let mut taken_over = 0;
        if let Some(parent) = plan.retry_of {
            let why = format!("taken over by job {job}");
            let values = args![why, now, parent.to_string(), job.to_string(), plan_id];
            taken_over = transaction.execute(HAND_OVER, values).await.map_err(writing)?;
            Shift::of(TaskState::Unknown, TaskState::Cancelled, taken_over).write(&mut transaction, parent).await?;
        }
        let on_their_way = in_flight::skip(&mut transaction, job, plan, now).await?;
        in_flight::mark(&mut transaction, job, plan, now).await?;
        if let Some(growth) = &options.rings {
            ring_rows::assign(&mut transaction, job, plan.id, &growth.rings).await?;
        }
        job_counts::count(&mut transaction, job).await?;
        let details = json!({
            "plan": plan.id, "hash": plan.hash, "approved_by": approved_by, "templates": templates,
            "options": options, "retry_of": plan.retry_of, "taken_over": taken_over, "left_out": left_out.len(),
            "in_flight": on_their_way,
        });
        let record = Occurrence::new(&plan.requested_by, "job.started", job, details);
        audit_rows::append(&mut transaction, now, record).await?;
        self.commit(Append::Start, transaction).await?;
        Ok(job)
    }

    /// Notes that a run has begun; from now on no older run can append to the job.
    pub(crate) async fn claim(&self, claim: &Claim) -> Result<(), Error> {
        let mut transaction = self.begin(Append::Claim).await?;
        let sql = "update jobs set fence = $1, stopped = null, finished_at = null, rested_at = null, \
                   state = case when state = 'cancelled' then state else 'running' end \
                   where id = $2 and fence < $1";
        let rows = transaction.execute(sql, args![claim.fence, claim.job.to_string()]).await.map_err(writing)?;
        if rows == 0 {
            return Err(Error::LeaseLost { job: claim.job });
        }
        let record = Occurrence::new(&claim.owner, "job.run", claim.job, json!({}));
        audit_rows::append(&mut transaction, self.now(), record).await?;
        self.commit(Append::Claim, transaction).await
    }

    /// Takes the right to write without beginning a run.
    pub(crate) async fn claim_to_look(&self, claim: &Claim) -> Result<(), Error> {
        let sql = "update jobs set fence = $1 where id = $2 and fence < $1";
        let rows = self.database.execute(sql, args![claim.fence, claim.job.to_string()]).await.map_err(writing)?;
        if rows == 0 { Err(Error::LeaseLost { job: claim.job }) } else { Ok(()) }
    }

    /// Notes how a run has ended and answers with the job's state, which stays `Cancelled` if it was.
    pub(crate) async fn finish(
        &self,
        claim: &Claim,
        state: JobState,
        stopped: Option<&Stopped>,
        counts: &Counts,
    ) -> Result<JobState, Error> {
        let now = self.now();
        let finished_at = (state != JobState::Stopped).then_some(now);
        let mut transaction = self.begin(Append::Finish).await?;
        let sql = "update jobs set stopped = $1, finished_at = $2, rested_at = $6, \
                   state = case when state = 'cancelled' then state else $3 end \
                   where id = $4 and fence = $5 returning state";
        let stopped_text = stopped.map(text_of).transpose()?;
        let values = args![stopped_text, finished_at, state.as_str(), claim.job.to_string(), claim.fence, now];
        let row = transaction.fetch_optional(sql, values).await.map_err(writing)?;
        let row = row.ok_or(Error::LeaseLost { job: claim.job })?;
        let state: String = row.get("state").map_err(writing)?;
        // What was on its way when the job was cancelled, and did not arrive, is cancelled too.
        let sql = "update tasks set state = 'cancelled', at = $1 where job_id = $2 and state = 'pending' \
                   and exists (select 1 from jobs where id = $2 and state = 'cancelled')";
        let tasks = transaction.execute(sql, args![now, claim.job.to_string()]).await.map_err(writing)?;
        Shift::of(TaskState::Pending, TaskState::Cancelled, tasks).write(&mut transaction, claim.job).await?;
        let details = json!({ "counts": counts, "stopped": stopped });
        let record = Occurrence::new(&claim.owner, &format!("job.{state}"), claim.job, details);
        audit_rows::append(&mut transaction, now, record).await?;
        self.commit(Append::Finish, transaction).await?;
        word_of("job state", JobState::known, &state)
    }

    /// Takes the waiting tasks out of a job that has not come to its end.
    pub(crate) async fn cancel(&self, job: JobId, by: &str) -> Result<(), Error> {
        let now = self.now();
        let mut transaction = self.begin(Append::Cancel).await?;
        let sql = "update tasks set state = 'cancelled', reason = $1, at = $2 where job_id = $3 and state = 'pending'";
        let values = args![format!("cancelled by {by}"), now, job.to_string()];
        let tasks = transaction.execute(sql, values).await.map_err(writing)?;
        Shift::of(TaskState::Pending, TaskState::Cancelled, tasks).write(&mut transaction, job).await?;
        let sql = "update jobs set state = 'cancelled', finished_at = $1 where id = $2 and state <> 'finished'";
        transaction.execute(sql, args![now, job.to_string()]).await.map_err(writing)?;
        let record = Occurrence::new(by, "job.cancelled", job, json!({ "tasks": tasks }));
        audit_rows::append(&mut transaction, now, record).await?;
        self.commit(Append::Cancel, transaction).await
    }

    /// A job by its id or an unambiguous beginning or end of it.
    pub(crate) async fn job(&self, id: &str) -> Result<JobDetail, Error> {
        let id = self.full_id("job", "jobs", id).await?;
        let row = self.database.fetch_one("select * from jobs where id = $1", args![id.as_str()]).await;
        let counts = self.counts(&id).await?;
        self.looked_after(detail(&row.map_err(reading)?, &counts)?).await
    }

    /// Every job, newest first.
    pub(crate) async fn jobs(&self) -> Result<Vec<JobDetail>, Error> {
        let sql = "select * from jobs order by created_at desc, id desc";
        let rows = self.database.fetch(sql, args![]).await.map_err(reading)?;
        let counts = self.all_counts().await?;
        let mut jobs = Vec::with_capacity(rows.len());
        for row in &rows {
            jobs.push(self.looked_after(detail(row, &counts)?).await?);
        }
        Ok(jobs)
    }

    /// Tells a job that is being run from one whose process has died: that one holds no lease.
    async fn looked_after(&self, job: JobDetail) -> Result<JobDetail, Error> {
        if job.state != JobState::Running {
            return Ok(job);
        }
        let holder = Lease::holder(&self.database, &lease_name(job.id), self.now()).await.map_err(reading)?;
        if holder.is_some() {
            return Ok(job);
        }
        let why = "the process that ran it ended without a word; the next run goes on with it".to_owned();
        Ok(JobDetail { state: JobState::Stopped, stopped: Some(Stopped { why, class: None }), ..job })
    }
}

/// Name of the lease that a run of this job holds.
pub(crate) fn lease_name(job: JobId) -> String {
    format!("engine/job/{job}")
}

fn detail(row: &Row, sums: &Sums) -> Result<JobDetail, Error> {
    let text = |column: &str| row.get::<String>(column).map_err(reading);
    let stopped: Option<String> = row.get("stopped").map_err(reading)?;
    let (counts, proofs) = sums.get(&text("id")?).copied().unwrap_or_default();
    Ok(JobDetail {
        id: row.get("id").map(JobId).map_err(reading)?,
        plan_id: row.get("plan_id").map(PlanId).map_err(reading)?,
        retry_of: row.get::<Option<_>>("retry_of").map_err(reading)?.map(JobId),
        purpose: text("purpose")?,
        tenant: text("tenant")?,
        state: word_of("job state", JobState::known, &text("state")?)?,
        stopped: stopped.as_deref().map(|text| value_of("reason to stop", text)).transpose()?,
        options: value_of("job options", &text("options")?)?,
        counts,
        proofs,
        created_at: row.get("created_at").map_err(reading)?,
        started_by: text("started_by")?,
        finished_at: row.get("finished_at").map_err(reading)?,
    })
}
