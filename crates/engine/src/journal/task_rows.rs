//! SQL of tasks: what is open, and the appends of a run.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use muster_store::{ForRows, Row, Transaction, Value, args};
use serde_json::json;

use super::job_counts::Shift;
use super::job_rows::Claim;
use super::{Append, Delivery, Journal, Task, TaskState, audit_rows, item_rows, reading, value_of, word_of, writing};
use crate::audit::Occurrence;
use crate::error::Error;
use crate::plan::hash::Members;
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

/// Places that are asked for in one statement.
const CHUNK: usize = 2_048;
/// A place that no task has.
const NOWHERE: i64 = -1;

/// Where a task stands among those that are sent.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    ring: u32,
    index: i64,
}

/// Some of the tasks that can be sent.
pub(crate) struct Ready {
    pub tasks: Vec<OpenTask>,
    /// Where the last of them stands.
    pub end: Option<Place>,
    /// Whether there may be others beyond it.
    pub more: bool,
}

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
    select t.idx, t.state, t.reason, t.attempt, t.sending_at, t.at, t.command_id, i.target, i.action, i.reason as wanted \
    from tasks t join jobs j on j.id = t.job_id \
    join plan_items i on i.plan_id = j.plan_id and i.idx = t.idx \
    where t.job_id = $1";

const READY: &str = "\
    select t.idx, t.ring, t.attempt, i.target, i.action, i.seal, i.reason as wanted \
    from tasks t join jobs j on j.id = t.job_id \
    join plan_items i on i.plan_id = j.plan_id and i.idx = t.idx \
    where t.job_id = $1 and t.state = 'pending' and t.ring <= $2 and (t.ring, t.idx) > ($3, $4) \
    and j.state <> 'cancelled' and (t.after_idx is null or exists (select 1 from tasks f \
        where f.job_id = t.job_id and f.idx = t.after_idx \
        and (f.state = 'done' or (f.state = 'skipped' and f.class = 'nothing-to-do')))) \
    order by t.ring, t.idx limit $5";

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
    /// The next tasks beyond a place that can be sent: those that wait for none, or for one that is done. Of rings beyond
    /// `ring` none. What is known of earlier attempts is not read.
    pub(crate) async fn ready(
        &self,
        job: JobId,
        ring: u32,
        beyond: Option<Place>,
        limit: usize,
    ) -> Result<Ready, Error> {
        let (from, after) = beyond.map_or((0, NOWHERE), |place| (place.ring, place.index));
        let rows = self.database.fetch(READY, args![job.to_string(), ring, from, after, limit]).await;
        let rows = rows.map_err(reading)?;
        let (mut tasks, mut last) = (Vec::with_capacity(rows.len()), None);
        for row in &rows {
            tasks.push(waiting_task(row, &mut last)?);
        }
        let end = rows.last().map(|row| {
            let (ring, index) = (row.get("ring").map_err(reading)?, row.get("idx").map_err(reading)?);
            Ok::<_, Error>(Place { ring, index })
        });
        Ok(Ready { more: tasks.len() == limit, tasks, end: end.transpose()? })
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

    /// Writes outcomes and images and marks tasks as sending, in one transaction; answers which were *not* marked, because
    /// they were cancelled or handed over meanwhile, and must not be sent.
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
        let common = args![claim.job.to_string(), now];
        let rows = outcomes.iter().flat_map(outcome_row).collect();
        let mut changed = transaction.execute_for(&OUTCOMES, common.clone(), rows).await.map_err(writing)?;
        let rows = ranges(take.iter().map(|task| task.index)).into_iter().flat_map(|(first, last)| args![first, last]);
        changed += transaction.execute_for(&MARKS, common, rows.collect()).await.map_err(writing)?;
        let (mut refused, mut cancelled) = (BTreeSet::new(), BTreeSet::<usize>::new());
        if changed < (outcomes.len() + take.len()) as u64 {
            let places: Vec<usize> =
                outcomes.iter().map(|entry| entry.index).chain(take.iter().map(|task| task.index)).collect();
            let states = states_of(&mut transaction, claim.job, &places).await?;
            let is = |index: &usize, state: TaskState| states.get(index).is_some_and(|word| word == state.as_str());
            let gone = |index: &usize| !states.contains_key(index) || is(index, TaskState::Cancelled);
            cancelled = outcomes.iter().map(|entry| entry.index).filter(gone).collect();
            refused = take.iter().map(|task| task.index).filter(|index| !is(index, TaskState::Sending)).collect();
        }
        let mut shift = Shift::of(TaskState::Pending, TaskState::Sending, (take.len() - refused.len()) as u64);
        for entry in outcomes.iter().filter(|entry| !cancelled.contains(&entry.index)) {
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
        let both: (Arc<str>, Arc<str>) = (claim.owner.as_str().into(), claim.job.to_string().into());
        let mut records: Vec<Occurrence> = outcomes.iter().map(|entry| occurrence(both.clone(), entry)).collect();
        records.extend(audit_rows::sending(
            claim,
            take.iter().map(Arc::as_ref).filter(|task| !refused.contains(&task.index)),
        ));
        audit_rows::write(&mut transaction, now, head, records).await?;
        self.commit(Append::Tasks, transaction).await?;
        Ok(refused)
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

/// What became of tasks. What was cancelled or handed over meanwhile stays so.
static OUTCOMES: ForRows = ForRows::new(
    &["idx", "state", "reason", "class", "command_id", "attempt", "delivery"],
    || {
        let none = None::<&str>;
        args![NOWHERE, none, none, none, none, 0, none]
    },
    "update tasks set state = v.state, reason = v.reason, class = v.class, \
     command_id = coalesce(v.command_id, tasks.command_id), attempt = v.attempt, delivery = v.delivery, at = $2 \
     from v where tasks.job_id = $1 and tasks.idx = v.idx and tasks.state <> 'cancelled'",
);

fn outcome_row(entry: &Entry) -> Vec<Value> {
    args![
        entry.index,
        entry.state.as_str(),
        entry.reason.as_str(),
        entry.class.as_deref(),
        entry.command_id.as_deref(),
        entry.attempt,
        entry.delivery.map(Delivery::as_str),
    ]
}

/// Marks tasks as sending, from one place to another. Only those that wait: some may have been cancelled or handed over
/// meanwhile.
static MARKS: ForRows = ForRows::new(
    &["first", "last"],
    || args![NOWHERE, NOWHERE],
    "update tasks set state = 'sending', class = null, delivery = null, attempt = tasks.attempt + 1, sending_at = $2, \
     at = $2 from v where tasks.job_id = $1 and tasks.idx >= v.first and tasks.idx <= v.last and tasks.state = 'pending'",
);

/// Places in their order, those that follow one another as one range.
pub(super) fn ranges(places: impl Iterator<Item = usize>) -> Vec<(usize, usize)> {
    let mut ranges: Vec<(usize, usize)> = Vec::new();
    for place in places {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == place => *last = place,
            _ => ranges.push((place, place)),
        }
    }
    ranges
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

fn occurrence((actor, subject): (Arc<str>, Arc<str>), entry: &Entry) -> Occurrence {
    let index = i64::try_from(entry.index).unwrap_or(i64::MAX);
    let details = Members::new(200)
        .text("action", &entry.action)
        .number("attempt", entry.attempt.into())
        .maybe("class", entry.class.as_deref())
        .maybe("command_id", entry.command_id.as_deref())
        .maybe("delivery", entry.delivery.map(Delivery::as_str))
        .number("index", index)
        .text("reason", &entry.reason)
        .text("target", &entry.target);
    Occurrence { actor, event: format!("task.{}", entry.state), subject, details: details.end() }
}

/// A task that may be sent: its item is still as it was written. Most tasks of a job have the same action, so that the
/// last one is remembered with its text.
fn waiting_task(row: &Row, last: &mut Option<(String, Action)>) -> Result<OpenTask, Error> {
    let (target, action) = (row.text("target").map_err(reading)?, row.text("action").map_err(reading)?);
    // Items of plans from before there were seals have none.
    let sealed: Option<i64> = row.get("seal").map_err(reading)?;
    if sealed.is_some_and(|sealed| sealed != item_rows::seal(target, action)) {
        let why = "its target or action is not what was planned".to_owned();
        return Err(Error::Corrupt { what: "plan item", why });
    }
    let action = match last {
        Some((text, known)) if text == action => known.clone(),
        _ => last.insert((action.to_owned(), value_of("action", action)?)).1.clone(),
    };
    Ok(OpenTask {
        index: row.get("idx").map_err(reading)?,
        target: target_of(target)?,
        action,
        wanted: row.get("wanted").map_err(reading)?,
        attempt: row.get("attempt").map_err(reading)?,
        state: TaskState::Pending,
        reason: String::new(),
        sending_at: None,
        at: None,
        command_id: None,
    })
}

/// A target out of its column. What has its kind inside of it is read twice by serde, and devices are a million.
fn target_of(text: &str) -> Result<Target, Error> {
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
