//! Commands that are on their way already: another job has sent the same one to the same target and does not know yet
//! what became of it, or has seen it wait in the tenant's queue. They are not sent a second time.

use jiff::Timestamp;
use muster_store::{Transaction, args};

use super::{JobDetail, Journal, OpenTask, reading, writing};
use crate::error::Error;
use crate::plan::{Action, JobId, PlanHead, Target};

/// Class of a task that is on its way by another job.
pub(crate) const IN_FLIGHT: &str = "in-flight";
/// Class of a task that was done, and whose command was seen in the tenant's queue.
pub(crate) const QUEUED: &str = "queued";

/// Tasks of other jobs whose outcome is open, and those that were seen waiting at the tenant.
const OPEN: &str = "\
    select t.job_id, i.effect_key from jobs j join tasks t on t.job_id = j.id \
    join plan_items i on i.plan_id = j.plan_id and i.idx = t.idx \
    where j.tenant = $1 and j.id <> $2 and j.state in ('ready', 'running', 'stopped') \
        and t.state in ('sending', 'unknown') and i.effect_key is not null \
    union all \
    select t.job_id, i.effect_key from jobs j join tasks t on t.job_id = j.id \
    join plan_items i on i.plan_id = j.plan_id and i.idx = t.idx \
    where j.tenant = $1 and j.id <> $2 and t.class = 'queued' and t.state = 'done' and i.effect_key is not null";

/// Jobs that may have sent something since a moment.
const RECENT: &str = "\
    select id from jobs where tenant = $1 and id <> $2 and state <> 'ready' \
    and (finished_at is null or finished_at > $3) and (state <> 'stopped' or rested_at is null or rested_at > $3)";

/// What such a job got done since then without learning what the tenant calls it.
const NAMELESS: &str = "\
    select max(t.at) as last from jobs j join tasks t on t.job_id = j.id \
    join plan_items i on i.plan_id = j.plan_id and i.idx = t.idx \
    where j.id = $1 and t.at > $2 and t.state = 'done' and t.command_id is null \
        and exists (select 1 from plan_items own where own.effect_key = i.effect_key and own.plan_id = $3)";

/// The same, from the items of this job to those of the other one (SQLite joins in the order of a `cross join`): where
/// this job is the smaller one.
const NAMELESS_OF_FEW: &str = "\
    select max(t.at) as last from plan_items own cross join plan_items i cross join jobs j cross join tasks t \
    where own.plan_id = $3 and own.effect_key is not null and i.effect_key = own.effect_key and j.id = $1 \
        and i.plan_id = j.plan_id and t.job_id = j.id and t.idx = i.idx \
        and t.at > $2 and t.state = 'done' and t.command_id is null";

/// What other tasks got done, of which the tenant told no id, with a command that is the same: when each was sent, and
/// when that was noted.
const THEIRS: &str = "\
    select t.sending_at, t.at from plan_items i join jobs j on j.plan_id = i.plan_id \
    join tasks t on t.job_id = j.id and t.idx = i.idx \
    where i.effect_key = $1 and j.tenant = $2 and not (t.job_id = $3 and t.idx = $4) \
        and t.state = 'done' and t.command_id is null and t.sending_at is not null and t.at > $5 order by t.at";

/// What makes two commands the same; `None` for what is no command.
pub(super) fn key(target: &Target, action: &Action) -> Option<String> {
    action.command().map(|_| format!("{} {}", target.key(), action.word()))
}

/// Skips the new job's tasks that are on their way; answers how many. What this job itself has to settle stays.
pub(super) async fn skip(
    transaction: &mut Transaction,
    job: JobId,
    plan: &PlanHead,
    now: Timestamp,
) -> Result<u64, Error> {
    let sql = format!(
        "update tasks set state = 'skipped', reason = 'is on its way already, by job ' || o.job, class = $3, at = $4 \
         from (select i.idx, max(w.job_id) as job from ({OPEN}) as w \
               join plan_items i on i.effect_key = w.effect_key \
               where i.plan_id = $5 and i.effect_key is not null group by i.idx) as o \
         where tasks.job_id = $2 and tasks.idx = o.idx and tasks.state = 'pending'"
    );
    let values = args![plan.tenant.as_str(), job.to_string(), IN_FLIGHT, now, plan.id.to_string()];
    transaction.execute(sql, values).await.map_err(writing)
}

impl Journal {
    /// When others sent the command of a task, and had it done, after `since`, without learning what the tenant calls it.
    pub(crate) async fn theirs(
        &self,
        job: &JobDetail,
        task: &OpenTask,
        since: Timestamp,
    ) -> Result<Vec<(Timestamp, Timestamp)>, Error> {
        let Some(key) = key(&task.target, &task.action) else { return Ok(Vec::new()) };
        let values = args![key, job.tenant.as_str(), job.id.to_string(), task.index, since];
        let rows = self.database.fetch(THEIRS, values).await.map_err(reading)?;
        rows.iter().map(|row| Ok((row.get("sending_at").map_err(reading)?, row.get("at").map_err(reading)?))).collect()
    }

    /// When another job was last done, after `since`, with a command that this one sends too, of which the tenant told no
    /// id. Records of the two could not be told apart by their time alone.
    pub(crate) async fn same_lately(&self, job: &JobDetail, since: Timestamp) -> Result<Option<Timestamp>, Error> {
        let values = args![job.tenant.as_str(), job.id.to_string(), since];
        let jobs = self.database.fetch(RECENT, values).await.map_err(reading)?;
        let mut last: Option<Timestamp> = None;
        for other in &jobs {
            let other: String = other.get("id").map_err(reading)?;
            let done = self.counts(&other).await?.get(&other).map_or(0, |(counts, _)| counts.done);
            let sql = if job.counts.total() < done { NAMELESS_OF_FEW } else { NAMELESS };
            let values = args![other, since, job.plan_id.to_string()];
            let row = self.database.fetch_one(sql, values).await.map_err(reading)?;
            last = last.max(row.get("last").map_err(reading)?);
        }
        Ok(last)
    }
}
