//! Commands that are on their way already: another job has sent the same one to the same target and does not know yet
//! what became of it. They are not sent a second time.
//!
//! Of most commands the journal alone decides. Where a repeat does harm and the tenant has accepted the same command
//! lately, or where one was seen to wait in the tenant's queue, the journal only marks the task; the run looks at what
//! became of the other one before it sends. So a call is made for those few alone.

use jiff::{SignedDuration, Timestamp};
use muster_store::{Transaction, args};

use super::proof_rows::by_word_alone;
use super::ring_rows;
use super::task_rows::open_task;
use super::{Append, JobDetail, Journal, OpenTask, reading, writing};
use crate::error::Error;
use crate::plan::{ASKING, Action, JobId, PlanHead, Target};

/// Class of a task that is on its way by another job.
pub(crate) const IN_FLIGHT: &str = "in-flight";
/// Class of a task that was done, and whose command was seen in the tenant's queue.
pub(crate) const QUEUED: &str = "queued";

/// Class of a waiting task whose command was sent by another job before: what became of that one is looked at first.
const SENT_BEFORE: &str = "sent-before";
/// How long a command that the tenant has accepted is looked for when the same one is to be sent again.
const LOOKED_FOR: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Commands of which a second one changes nothing that the first one did not, or says something of its own; besides those
/// that only ask.
const REPEATED: [&str; 3] = ["SendMessage", "InstallApp", "InstallApplication"];

/// A task whose command another job has sent before.
#[derive(Debug)]
pub(crate) struct SentBefore {
    pub task: OpenTask,
    /// The other job, and what is known of its command.
    pub job: String,
    pub command_id: Option<String>,
    pub sending_at: Option<Timestamp>,
    pub at: Option<Timestamp>,
}

/// Tasks of other jobs whose outcome is open.
const OPEN: &str = "\
    select t.job_id, i.effect_key from jobs j join tasks t on t.job_id = j.id \
    join plan_items i on i.plan_id = j.plan_id and i.idx = t.idx \
    where j.tenant = $1 and j.id <> $2 and j.state in ('ready', 'running', 'stopped') \
        and t.state in ('sending', 'unknown') and i.effect_key is not null";

/// What is the same as an item of a new plan and was last heard of after a moment: from the new items to the old ones.
const ACCEPTED: &str = "\
    plan_items own cross join plan_items i cross join jobs j cross join tasks t \
    where own.plan_id = $1 and own.effect_key is not null and i.effect_key = own.effect_key \
        and i.twin = own.twin and i.plan_id <> own.plan_id and j.plan_id = i.plan_id and j.tenant = $2 \
        and t.job_id = j.id and t.idx = i.idx and t.at > $3";

/// Waiting tasks that are marked, with the last of the others.
const MARKED: &str = "\
    select t.idx, t.state, t.reason, t.attempt, t.sending_at, t.at, t.command_id, i.target, i.action, i.reason as wanted, \
        o.job_id as other_job, o.command_id as other_id, o.sending_at as other_sent, o.at as other_at \
    from jobs j cross join tasks t cross join plan_items i cross join plan_items k cross join jobs l cross join tasks o \
    where j.id = $1 and t.job_id = j.id and t.class = 'sent-before' and t.state = 'pending' and t.idx > $2 \
        and i.plan_id = j.plan_id and i.idx = t.idx and k.effect_key = i.effect_key and k.twin = i.twin \
        and k.plan_id <> i.plan_id and l.plan_id = k.plan_id and l.tenant = j.tenant and o.job_id = l.id and o.idx = k.idx \
        and o.at > $3";

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

/// Marks the new job's tasks whose command was accepted before, where a second one does harm or the first one was seen to
/// wait.
pub(super) async fn mark(
    transaction: &mut Transaction,
    job: JobId,
    plan: &PlanHead,
    now: Timestamp,
) -> Result<(), Error> {
    let since = now.checked_sub(LOOKED_FOR).unwrap_or(Timestamp::MIN);
    let harmless = ASKING.iter().map(|command| command.as_str()).chain(REPEATED);
    let harmless: Vec<String> = harmless.map(|word| format!("'{word}'")).collect();
    let sql = format!(
        "update tasks set class = '{SENT_BEFORE}' from (select distinct own.idx from {ACCEPTED} \
             and {} and (own.word not in ({}) or t.class = 'queued')) as o \
         where tasks.job_id = $4 and tasks.idx = o.idx and tasks.state = 'pending'",
        by_word_alone("t"),
        harmless.join(", ")
    );
    let values = args![plan.id.to_string(), plan.tenant.as_str(), since, job.to_string()];
    transaction.execute(sql, values).await.map_err(writing)?;
    Ok(())
}

impl Journal {
    /// Waiting tasks beyond a place whose command another job has sent before without learning more of it.
    pub(crate) async fn sent_before(&self, job: JobId, beyond: i64, limit: usize) -> Result<Vec<SentBefore>, Error> {
        let since = self.now().checked_sub(LOOKED_FOR).unwrap_or(Timestamp::MIN);
        let sql = format!("{MARKED} and {} order by t.idx, o.at desc limit $4", by_word_alone("o"));
        let rows = self.database.fetch(sql, args![job.to_string(), beyond, since, limit]).await.map_err(reading)?;
        let mut found: Vec<SentBefore> = Vec::with_capacity(rows.len());
        for row in &rows {
            let task = open_task(row)?;
            if found.last().is_some_and(|last| last.task.index == task.index) {
                continue;
            }
            found.push(SentBefore {
                task,
                job: row.get("other_job").map_err(reading)?,
                command_id: row.get("other_id").map_err(reading)?,
                sending_at: row.get("other_sent").map_err(reading)?,
                at: row.get("other_at").map_err(reading)?,
            });
        }
        Ok(found)
    }

    /// Cuts the rings of a job, of which none has begun, without what turned out to be on its way.
    pub(crate) async fn cut_again(&self, job: &JobDetail) -> Result<(), Error> {
        let Some(growth) = &job.options.rings else { return Ok(()) };
        let sql = "select 1 as one from tasks where job_id = $1 and state = 'skipped' and class = $2 limit 1";
        let values = args![job.id.to_string(), IN_FLIGHT];
        if self.database.fetch_optional(sql, values).await.map_err(reading)?.is_none() {
            return Ok(());
        }
        let mut transaction = self.begin(Append::Ring).await?;
        ring_rows::assign(&mut transaction, job.id, job.plan_id, &growth.rings).await?;
        self.commit(Append::Ring, transaction).await
    }

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
