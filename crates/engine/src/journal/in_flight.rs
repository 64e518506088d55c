//! Commands that are on their way already: another job has sent the same one to the same target and does not know yet
//! what became of it, or has seen it wait in the tenant's queue. They are not sent a second time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_store::{Transaction, args};

use super::{JobDetail, Journal, reading, writing};
use crate::error::Error;
use crate::plan::{Action, JobId, Plan, Target, Verdict};

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
    and (finished_at is null or finished_at > $3)";

/// What such a job got done since then without learning what the tenant calls it.
const NAMELESS: &str = "\
    select max(t.at) as last from jobs j join tasks t on t.job_id = j.id \
    join plan_items i on i.plan_id = j.plan_id and i.idx = t.idx \
    where j.id = $1 and t.at > $2 and t.state = 'done' and t.command_id is null \
        and exists (select 1 from plan_items own where own.effect_key = i.effect_key and own.plan_id = $3)";

/// What makes two commands the same; `None` for what is no command.
pub(super) fn key(target: &Target, action: &Action) -> Option<String> {
    action.command().map(|_| format!("{} {}", target.key(), action.word()))
}

/// Skips the new job's tasks that are on their way; answers how many.
pub(super) async fn skip(transaction: &mut Transaction, job: JobId, plan: &Plan, now: Timestamp) -> Result<u64, Error> {
    if !plan.items.iter().any(|item| item.action.command().is_some()) {
        return Ok(0);
    }
    let rows = transaction.fetch(OPEN, args![plan.tenant.as_str(), job.to_string()]).await.map_err(writing)?;
    let mut open: BTreeMap<String, String> = BTreeMap::new();
    for row in &rows {
        open.insert(row.get("effect_key").map_err(writing)?, row.get("job_id").map_err(writing)?);
    }
    if open.is_empty() {
        return Ok(0);
    }
    let mut skipped = 0;
    for item in plan.items.iter().filter(|item| item.decision.verdict != Verdict::Skip) {
        // What this job itself has to settle stays.
        let Some(other) = key(&item.target, &item.action).and_then(|key| open.get(&key)) else { continue };
        let sql = "update tasks set state = 'skipped', reason = $1, class = $2, at = $3 \
                   where job_id = $4 and idx = $5 and state = 'pending'";
        let reason = format!("is on its way already, by job {other}");
        let values = args![reason, IN_FLIGHT, now, job.to_string(), item.index];
        skipped += transaction.execute(sql, values).await.map_err(writing)?;
    }
    Ok(skipped)
}

impl Journal {
    /// When another job was last done, after `since`, with a command that this one sends too, of which the tenant told no
    /// id. Records of the two could not be told apart by their time alone.
    pub(crate) async fn same_lately(&self, job: &JobDetail, since: Timestamp) -> Result<Option<Timestamp>, Error> {
        let values = args![job.tenant.as_str(), job.id.to_string(), since];
        let jobs = self.database.fetch(RECENT, values).await.map_err(reading)?;
        let mut last: Option<Timestamp> = None;
        for other in &jobs {
            let other: String = other.get("id").map_err(reading)?;
            let values = args![other, since, job.plan_id.to_string()];
            let row = self.database.fetch_one(NAMELESS, values).await.map_err(reading)?;
            last = last.max(row.get("last").map_err(reading)?);
        }
        Ok(last)
    }
}
