//! SQL of tasks: what is open, and the appends of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use muster_store::{Row, Transaction, Value, args};
use serde_json::json;

use super::job_counts::Shift;
use super::job_rows::Claim;
use super::{Append, Delivery, Journal, Task, TaskState, audit_rows, item_rows, reading, value_of, word_of, writing};
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

/// Rows of one statement: a database takes some ten thousand values in one.
const CHUNK: usize = 2_048;
/// A place that no task has.
const NOWHERE: i64 = -1;

/// A task that waits for one that did not come to a good end.
#[derive(Debug, Clone)]
pub(crate) struct Blocked {
    pub task: OpenTask,
    pub first_target: Target,
    pub first_action: Action,
    pub first_state: TaskState,
    pub first_reason: String,
}

/// A task's new state.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    pub index: usize,
    /// The state before; for the count, it is not written.
    pub from: TaskState,
    pub state: TaskState,
    pub reason: String,
    pub class: Option<String>,
    /// `None` leaves what is known.
    pub command_id: Option<String>,
    /// How often it was sent.
    pub attempt: u32,
    /// Of what is done: how far that is proven.
    pub delivery: Option<Delivery>,
    /// Names of target and action, for the audit.
    pub target: String,
    pub action: String,
}

/// What a target was like before a task changes it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Image {
    pub index: usize,
    pub state: serde_json::Value,
}

pub(super) const OPEN: &str = "\
    select t.idx, t.state, t.reason, t.attempt, t.sending_at, t.at, t.command_id, i.target, i.action, i.seal, i.reason as wanted \
    from tasks t join jobs j on j.id = t.job_id \
    join plan_items i on i.plan_id = j.plan_id and i.idx = t.idx \
    where t.job_id = $1";

/// From the few items that were held to their tasks: SQLite joins in the order of a `cross join`.
const HELD_ONCE: &str = "\
    select t.idx, t.state, t.reason, t.attempt, t.sending_at, t.at, t.command_id, i.target, i.action, i.seal, i.reason as wanted \
    from jobs j cross join plan_items i cross join tasks t \
    where j.id = $1 and i.plan_id = j.plan_id and i.verdict = 'hold' and t.job_id = j.id and t.idx = i.idx \
        and t.state = 'pending' order by i.idx";

const BLOCKED: &str = "\
    select t.idx, t.state, t.reason, t.attempt, t.sending_at, t.at, t.command_id, i.target, i.action, i.seal, i.reason as wanted, \
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
    /// The next tasks that can be sent: those that wait for none, or for one that is done.
    /// Of rings beyond `ring` none.
    pub(crate) async fn ready(&self, job: JobId, ring: u32, limit: usize) -> Result<Vec<OpenTask>, Error> {
        let sql = format!(
            "{OPEN} and t.state = 'pending' and t.ring <= $2 and j.state <> 'cancelled' and (t.after_idx is null or exists (select 1 from tasks f \
             where f.job_id = t.job_id and f.idx = t.after_idx \
             and (f.state = 'done' or (f.state = 'skipped' and f.class = 'nothing-to-do')))) \
             order by t.ring, t.idx limit $3"
        );
        let rows = self.database.fetch(sql, args![job.to_string(), ring, limit]).await.map_err(reading)?;
        rows.iter().map(sealed_task).collect()
    }

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

    /// Writes outcomes and images and marks tasks as sending, in one transaction; answers which were marked
    /// (not those that were cancelled meanwhile). Only what it answers may be sent.
    pub(crate) async fn append(
        &self,
        claim: &Claim,
        outcomes: &[Entry],
        images: &[Image],
        take: &[Arc<OpenTask>],
    ) -> Result<BTreeSet<usize>, Error> {
        let now = self.now();
        let mut transaction = self.begin(Append::Tasks).await?;
        let head = audit_rows::reserve_for(&mut transaction, claim).await?;
        let head = head.ok_or(Error::LeaseLost { job: claim.job })?;
        let mut marked: BTreeSet<usize> = take.iter().map(|task| task.index).collect();
        let mut written: BTreeSet<usize> = outcomes.iter().map(|entry| entry.index).collect();
        let mut changed = 0;
        let mut rows = rows(now, outcomes, take);
        while !rows.is_empty() {
            let count = rows.len().min(CHUNK);
            let mut values = args![claim.job.to_string(), now];
            values.extend(rows.drain(..count).flatten());
            let whole = count.next_power_of_two();
            (count..whole).for_each(|_| values.extend(of_none()));
            let count = whole;
            changed += transaction.execute(changes_sql(count), values).await.map_err(writing)?;
        }
        if changed < (outcomes.len() + take.len()) as u64 {
            // Some were cancelled or handed over meanwhile.
            let places: Vec<usize> =
                outcomes.iter().map(|entry| entry.index).chain(take.iter().map(|task| task.index)).collect();
            let states = states_of(&mut transaction, claim.job, &places).await?;
            marked.retain(|index| states.get(index).is_some_and(|state| state == TaskState::Sending.as_str()));
            written.retain(|index| states.get(index).is_some_and(|state| state != TaskState::Cancelled.as_str()));
        }
        let mut shift = Shift::of(TaskState::Pending, TaskState::Sending, marked.len() as u64);
        for entry in outcomes.iter().filter(|entry| written.contains(&entry.index)) {
            shift.add(entry.from, None, -1);
            shift.add(entry.state, entry.delivery, 1);
        }
        shift.write(&mut transaction, claim.job).await?;
        for image in images {
            // The first one stands: after an attempt that was half done the target is not as it was before.
            let sql = "update tasks set image = coalesce(image, $3) where job_id = $1 and idx = $2";
            let values = args![claim.job.to_string(), image.index, image.state.to_string()];
            transaction.execute(sql, values).await.map_err(writing)?;
        }
        let mut records: Vec<Occurrence> = outcomes.iter().map(|entry| occurrence(claim, entry)).collect();
        records.extend(audit_rows::sending(
            claim,
            take.iter().map(Arc::as_ref).filter(|task| marked.contains(&task.index)),
        ));
        audit_rows::write(&mut transaction, now, head, records).await?;
        self.commit(Append::Tasks, transaction).await?;
        Ok(marked)
    }

    /// Takes out what waits beyond its deadline; answers how many.
    pub(crate) async fn expire(&self, claim: &Claim) -> Result<u64, Error> {
        let now = self.now();
        let mut transaction = self.begin(Append::Expiry).await?;
        let reserved = audit_rows::reserve_for(&mut transaction, claim).await?;
        let reserved = reserved.ok_or(Error::LeaseLost { job: claim.job })?;
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

/// One statement for any number of changes, each a row of index, state, reason, class, command id,
/// attempt, time of sending and delivery. Only a waiting task is marked, and what was cancelled or handed over
/// meanwhile stays so.
fn changes_sql(count: usize) -> String {
    let rows: Vec<String> = (0..count)
        .map(|row| {
            let places: Vec<String> = (0..8).map(|place| format!("${}", row * 8 + 3 + place)).collect();
            format!("({})", places.join(", "))
        })
        .collect();
    format!(
        "update tasks set state = v.column2, reason = coalesce(v.column3, tasks.reason), class = v.column4, \
         command_id = coalesce(v.column5, tasks.command_id), attempt = v.column6, \
         sending_at = coalesce(v.column7, tasks.sending_at), delivery = v.column8, at = $2 \
         from (values {}) as v where tasks.job_id = $1 and tasks.idx = v.column1 and \
         ((v.column2 = 'sending' and tasks.state = 'pending') or (v.column2 <> 'sending' and tasks.state <> 'cancelled'))",
        rows.join(", ")
    )
}

/// The words for the states that tasks are in.
async fn states_of(
    transaction: &mut Transaction,
    job: JobId,
    places: &[usize],
) -> Result<BTreeMap<usize, String>, Error> {
    let mut states = BTreeMap::new();
    for chunk in places.chunks(CHUNK) {
        let list: Vec<String> = (0..chunk.len()).map(|place| format!("${}", place + 2)).collect();
        let sql = format!("select idx, state from tasks where job_id = $1 and idx in ({})", list.join(", "));
        let mut values = args![job.to_string()];
        values.extend(chunk.iter().map(|index| Value::from(*index)));
        for row in &transaction.fetch(sql, values).await.map_err(writing)? {
            states.insert(row.get("idx").map_err(writing)?, row.get("state").map_err(writing)?);
        }
    }
    Ok(states)
}

/// A row that changes nothing. Statements come in few lengths, so that the database need not read, and remember, one for
/// each number of rows.
fn of_none() -> Vec<Value> {
    let none = None::<&str>;
    args![NOWHERE, none, none, none, none, 0, None::<i64>, none]
}

fn rows(now: Timestamp, outcomes: &[Entry], take: &[Arc<OpenTask>]) -> Vec<Vec<Value>> {
    let mut rows = Vec::with_capacity(outcomes.len() + take.len());
    for entry in outcomes {
        rows.push(args![
            entry.index,
            entry.state.as_str(),
            entry.reason.as_str(),
            entry.class.as_deref(),
            entry.command_id.as_deref(),
            entry.attempt,
            None::<i64>,
            entry.delivery.map(Delivery::as_str),
        ]);
    }
    for task in take {
        let none = None::<&str>;
        rows.push(args![task.index, TaskState::Sending.as_str(), none, none, none, task.attempt + 1, now, none]);
    }
    rows
}

fn occurrence(claim: &Claim, entry: &Entry) -> Occurrence {
    let details = json!({
        "index": entry.index, "target": entry.target, "action": entry.action, "attempt": entry.attempt,
        "reason": entry.reason, "class": entry.class, "command_id": entry.command_id,
        "delivery": entry.delivery,
    });
    Occurrence::new(&claim.owner, &format!("task.{}", entry.state), claim.job, details)
}

/// A task that may be sent: its item is still as it was written.
fn sealed_task(row: &Row) -> Result<OpenTask, Error> {
    let text = |column: &str| row.get::<String>(column).map_err(reading);
    let (target, action) = (text("target")?, text("action")?);
    // Items of plans from before there were seals have none.
    let sealed: Option<i64> = row.get("seal").map_err(reading)?;
    if sealed.is_some_and(|sealed| sealed != item_rows::seal(&target, &action)) {
        let why = "its target or action is not what was planned".to_owned();
        return Err(Error::Corrupt { what: "plan item", why });
    }
    open_task(row)
}

pub(super) fn open_task(row: &Row) -> Result<OpenTask, Error> {
    let text = |column: &str| row.get::<String>(column).map_err(reading);
    Ok(OpenTask {
        index: row.get("idx").map_err(reading)?,
        target: value_of("target", &text("target")?)?,
        action: value_of("action", &text("action")?)?,
        wanted: text("wanted")?,
        attempt: row.get("attempt").map_err(reading)?,
        state: word_of("task state", TaskState::known, &text("state")?)?,
        reason: text("reason")?,
        sending_at: row.get("sending_at").map_err(reading)?,
        at: row.get("at").map_err(reading)?,
        command_id: row.get("command_id").map_err(reading)?,
    })
}

fn task(row: &Row) -> Result<Task, Error> {
    let text = |column: &str| row.get::<String>(column).map_err(reading);
    let maybe = |column: &str| row.get::<Option<String>>(column).map_err(reading);
    let (delivery, image) = (maybe("delivery")?, maybe("image")?);
    Ok(Task {
        index: row.get("idx").map_err(reading)?,
        target: value_of("target", &text("target")?)?,
        action: value_of("action", &text("action")?)?,
        input: value_of("input row", &text("input")?)?,
        state: word_of("task state", TaskState::known, &text("state")?)?,
        reason: text("reason")?,
        class: row.get("class").map_err(reading)?,
        attempt: row.get("attempt").map_err(reading)?,
        command_id: row.get("command_id").map_err(reading)?,
        at: row.get("at").map_err(reading)?,
        delivery: delivery.map(|step| word_of("delivery", Delivery::known, &step)).transpose()?,
        ring: row.get("ring").map_err(reading)?,
        image: image.map(|text| value_of("state before", &text)).transpose()?,
    })
}
