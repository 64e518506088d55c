//! SQL of tasks: what is open, and the appends of a run.

use std::collections::BTreeSet;

use jiff::Timestamp;
use muster_store::{Row, Value, args};
use serde_json::json;

use super::job_counts::Shift;
use super::job_rows::Claim;
use super::{Append, Delivery, Journal, Task, TaskState, audit_rows, reading, value_of, word_of, writing};
use crate::audit::Occurrence;
use crate::error::Error;
use crate::plan::{Action, JobId, Target};

/// A task that a run has to deal with.
#[derive(Debug, Clone)]
pub(crate) struct OpenTask {
    pub index: usize,
    pub target: Target,
    pub action: Action,
    /// Why it ought to be done, as the plan says.
    pub wanted: String,
    pub attempt: u32,
    pub state: TaskState,
    /// What is known of it so far.
    pub reason: String,
    /// When it was last noted as sending.
    pub sending_at: Option<Timestamp>,
    /// When its state last changed.
    pub at: Option<Timestamp>,
    pub command_id: Option<String>,
}

/// A place that no task has.
pub(super) const NOWHERE: i64 = -1;

/// A task that waits for one that did not come to a good end.
#[derive(Debug, Clone)]
pub(crate) struct Blocked {
    pub task: OpenTask,
    pub first_target: Target,
    pub first_action: Action,
    pub first_state: TaskState,
    pub first_reason: String,
}

pub(super) const OPEN: &str = "\
    select t.idx, t.state, t.reason, t.attempt, t.sending_at, t.at, t.command_id, i.target, i.action, i.reason as wanted \
    from tasks t join jobs j on j.id = t.job_id \
    join plan_items i on i.plan_id = j.plan_id and i.idx = t.idx \
    where t.job_id = $1";

/// From the few items that were held to their tasks: SQLite joins in the order of a `cross join`.
const HELD_ONCE: &str = "\
    select t.idx, t.state, t.reason, t.attempt, t.sending_at, t.at, t.command_id, i.target, i.action, i.reason as wanted \
    from jobs j cross join plan_items i cross join tasks t \
    where j.id = $1 and i.plan_id = j.plan_id and i.verdict = 'hold' and t.job_id = j.id and t.idx = i.idx \
        and t.state = 'pending' order by i.idx";

const BLOCKED: &str = "\
    select t.idx, t.state, t.reason, t.attempt, t.sending_at, t.at, t.command_id, i.target, i.action, i.reason as wanted, \
        f.state as first_state, f.reason as first_reason, \
        k.target as first_target, k.action as first_action \
    from tasks t join tasks f on f.job_id = t.job_id and f.idx = t.after_idx \
    join jobs j on j.id = t.job_id \
    join plan_items i on i.plan_id = j.plan_id and i.idx = t.idx \
    join plan_items k on k.plan_id = j.plan_id and k.idx = f.idx \
    where t.job_id = $1 and t.after_idx is not null and t.state = 'pending' and (f.state in ('failed', 'cancelled', 'held', 'expired') \
        or (f.state = 'skipped' and f.class <> 'nothing-to-do')) order by t.idx limit 500";

const TASKS: &str = "\
    select t.*, i.target, i.action, i.input \
    from tasks t join jobs j on j.id = t.job_id \
    join plan_items i on i.plan_id = j.plan_id and i.idx = t.idx \
    where t.job_id = $1 and t.idx > $2 order by t.idx limit $3";

impl Journal {
    /// Tasks beyond `index` that were sent and whose outcome is not known. (The `+` keeps SQLite from walking along all
    /// tasks in their order to find them.)
    pub(crate) async fn unsettled(&self, job: JobId, beyond: i64, limit: usize) -> Result<Vec<OpenTask>, Error> {
        let sql = format!("{OPEN} and t.state in ('sending', 'unknown') and t.idx > $2 order by +t.idx limit $3");
        let rows = self.database.fetch(sql, args![job.to_string(), beyond, limit]).await.map_err(reading)?;
        rows.iter().map(open_task).collect()
    }

    /// Waiting tasks whose turn can never come.
    pub(crate) async fn blocked(&self, job: JobId) -> Result<Vec<Blocked>, Error> {
        let rows = self.database.fetch(BLOCKED, args![job.to_string()]).await.map_err(reading)?;
        rows.iter()
            .map(|row| {
                let text = |column: &str| row.get::<String>(column).map_err(reading);
                let first_state = word_of("task state", TaskState::known, &text("first_state")?)?;
                Ok(Blocked {
                    task: open_task(row)?,
                    first_target: value_of("target", &text("first_target")?)?,
                    first_action: value_of("action", &text("first_action")?)?,
                    first_state,
                    first_reason: text("first_reason")?,
                })
            })
            .collect()
    }

    /// Takes out what waits beyond its deadline; answers how many.
    pub(crate) async fn expire(&self, claim: &Claim) -> Result<u64, Error> {
        let now = self.now();
        let mut transaction = self.begin(Append::Expiry).await?;
        let reserved = audit_rows::reserve_for(&mut transaction, claim).await?;
        let sql = "update tasks set state = 'expired', reason = 'not sent before the deadline of the job', \
                   class = 'deadline', at = $2 where job_id = $1 and state = 'pending'";
        let tasks = transaction.execute(sql, args![claim.job.to_string(), now]).await.map_err(writing)?;
        Shift::of(TaskState::Pending, TaskState::Expired, tasks).write(&mut transaction, claim.job).await?;
        let record = Occurrence::new(&claim.owner, "job.deadline", claim.job, json!({ "tasks": tasks }));
        audit_rows::write(&mut transaction, now, reserved, vec![record]).await?;
        self.commit(Append::Expiry, transaction).await?;
        Ok(tasks)
    }

    /// How many tasks failed or are unknown for which reason, most first.
    pub(crate) async fn failure_classes(&self, job: JobId) -> Result<Vec<(String, u64)>, Error> {
        let sql = "select coalesce(class, state) as class, count(*) as tasks from tasks where job_id = $1 \
                   and state in ('failed', 'unknown', 'expired') group by coalesce(class, state) \
                   order by tasks desc, class";
        let rows = self.database.fetch(sql, args![job.to_string()]).await.map_err(reading)?;
        rows.iter().map(|row| Ok((row.get("class").map_err(reading)?, row.get("tasks").map_err(reading)?))).collect()
    }

    /// Those of the given command ids that other tasks have got for their own.
    pub(crate) async fn claimed_commands(
        &self,
        job: JobId,
        index: usize,
        ids: &[String],
    ) -> Result<BTreeSet<String>, Error> {
        if ids.is_empty() {
            return Ok(BTreeSet::new());
        }
        let places: Vec<String> = (0..ids.len()).map(|place| format!("${}", place + 3)).collect();
        let sql = format!(
            "select command_id from tasks where not (job_id = $1 and idx = $2) and command_id in ({})",
            places.join(", ")
        );
        let mut values = args![job.to_string(), index];
        values.extend(ids.iter().map(|id| Value::from(id.as_str())));
        let rows = self.database.fetch(sql, values).await.map_err(reading)?;
        rows.iter().map(|row| row.get("command_id").map_err(reading)).collect()
    }

    /// The tasks of a job beyond a place of its plan, in that order, so many at most.
    pub(crate) async fn tasks(&self, job: JobId, beyond: i64, limit: usize) -> Result<Vec<Task>, Error> {
        let rows = self.database.fetch(TASKS, args![job.to_string(), beyond, limit]).await.map_err(reading)?;
        rows.iter().map(task).collect()
    }

    /// The same before a place, the last one first: with what each waits for.
    pub(crate) async fn tasks_before(
        &self,
        job: JobId,
        before: i64,
        limit: usize,
    ) -> Result<Vec<(Task, Option<usize>)>, Error> {
        let sql = TASKS.replace("t.idx > $2 order by t.idx", "t.idx < $2 order by t.idx desc");
        let rows = self.database.fetch(sql, args![job.to_string(), before, limit]).await.map_err(reading)?;
        rows.iter().map(|row| Ok((task(row)?, row.get("after_idx").map_err(reading)?))).collect()
    }

    /// Whether any task of a job waits for another.
    pub(crate) async fn has_order(&self, job: JobId) -> Result<bool, Error> {
        let sql = "select 1 as one from tasks where job_id = $1 and after_idx is not null limit 1";
        Ok(self.database.fetch_optional(sql, args![job.to_string()]).await.map_err(reading)?.is_some())
    }

    /// When unsettled tasks were sent, by their places, of which these are the bounds.
    pub(crate) async fn sent_at(
        &self,
        job: JobId,
        beyond: i64,
        until: usize,
    ) -> Result<Vec<(usize, Timestamp)>, Error> {
        let sql = "select idx, sending_at from tasks where job_id = $1 and idx > $2 and idx <= $3 \
                   and state = 'unknown' and sending_at is not null";
        let rows = self.database.fetch(sql, args![job.to_string(), beyond, until]).await.map_err(reading)?;
        rows.iter().map(|row| Ok((row.get("idx").map_err(reading)?, row.get("sending_at").map_err(reading)?))).collect()
    }

    /// The class that all failed tasks of a job share, if they share one.
    pub(crate) async fn shared_failure(&self, job: JobId) -> Result<Option<String>, Error> {
        let sql = "select distinct class from tasks where job_id = $1 and state = 'failed' limit 2";
        let rows = self.database.fetch(sql, args![job.to_string()]).await.map_err(reading)?;
        match rows.as_slice() {
            [one] => one.get("class").map_err(reading),
            _ => Ok(None),
        }
    }
}

/// Tasks that wait for being sent, and were held when the plan was made.
pub(super) async fn held_once(database: &muster_store::Database, job: JobId) -> Result<Vec<OpenTask>, Error> {
    let rows = database.fetch(HELD_ONCE, args![job.to_string()]).await.map_err(reading)?;
    rows.iter().map(open_task).collect()
}

/// A target out of its column. What has its kind inside of it is read twice by serde, and devices are a million.
pub(super) fn target_of(text: &str) -> Result<Target, Error> {
    if text.starts_with("{\"kind\":\"device\",") {
        return value_of("target", text).map(Target::Device);
    }
    value_of("target", text)
}

pub(super) fn open_task(row: &Row) -> Result<OpenTask, Error> {
    let text = |column: &str| row.text(column).map_err(reading);
    Ok(OpenTask {
        index: row.get("idx").map_err(reading)?,
        target: target_of(text("target")?)?,
        action: value_of("action", text("action")?)?,
        wanted: text("wanted")?.to_owned(),
        attempt: row.get("attempt").map_err(reading)?,
        state: word_of("task state", TaskState::known, text("state")?)?,
        reason: text("reason")?.to_owned(),
        sending_at: row.get("sending_at").map_err(reading)?,
        at: row.get("at").map_err(reading)?,
        command_id: row.get("command_id").map_err(reading)?,
    })
}

fn task(row: &Row) -> Result<Task, Error> {
    let text = |column: &str| row.text(column).map_err(reading);
    let maybe = |column: &str| row.get::<Option<String>>(column).map_err(reading);
    let (delivery, image) = (maybe("delivery")?, maybe("image")?);
    Ok(Task {
        index: row.get("idx").map_err(reading)?,
        target: target_of(text("target")?)?,
        action: value_of("action", text("action")?)?,
        input: value_of("input row", text("input")?)?,
        state: word_of("task state", TaskState::known, text("state")?)?,
        reason: text("reason")?.to_owned(),
        class: row.get("class").map_err(reading)?,
        attempt: row.get("attempt").map_err(reading)?,
        command_id: row.get("command_id").map_err(reading)?,
        at: row.get("at").map_err(reading)?,
        delivery: delivery.map(|step| word_of("delivery", Delivery::known, &step)).transpose()?,
        ring: row.get("ring").map_err(reading)?,
        image: image.map(|text| value_of("state before", &text)).transpose()?,
    })
}
