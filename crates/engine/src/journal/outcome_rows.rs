//! SQL of the appends of a run: what became of tasks, what targets were like before, and which tasks are about to be sent.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use futures_util::future::join;
use muster_store::{ForRows, Transaction, Value, args};

use super::audit_rows::Growth;
use super::job_counts::Shift;
use super::job_rows::Claim;
use super::task_rows::{NOWHERE, OpenTask};
use super::{Append, Delivery, Journal, Moment, TaskState, audit_rows, writing};
use crate::audit::Occurrence;
use crate::error::Error;
use crate::plan::JobId;
use crate::plan::hash::Members;

/// Places that are asked for in one statement.
const CHUNK: usize = 2_048;

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

impl Journal {
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
        // Every step waits for the one before it. What can be made ready is made ready meanwhile.
        self.seam.reached(Append::Tasks, Moment::Before).await;
        let begun = self.database.begin_with(audit_rows::reserving_for(claim));
        let (begun, (rows, marks)) = meanwhile(begun, || (rows_of(outcomes), ranges_of(take))).await;
        let (mut transaction, reserved) = begun.map_err(writing)?;
        let mut growth = Growth::behind(audit_rows::reserved_for(claim, &reserved)?, now);
        let common = args![claim.job.to_string(), now];
        let written = transaction.execute_for(&OUTCOMES, common.clone(), rows);
        let (written, ()) = meanwhile(written, || grow(&mut growth, claim, outcomes)).await;
        let written = written.map_err(writing)?;
        let changed = written + transaction.execute_for(&MARKS, common, marks).await.map_err(writing)?;
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
        for image in images {
            // The first one stands: after an attempt that was half done the target is not as it was before.
            let sql = "update tasks set image = coalesce(image, $3) where job_id = $1 and idx = $2";
            let values = args![claim.job.to_string(), image.index, image.state.to_string()];
            transaction.execute(sql, values).await.map_err(writing)?;
        }
        let sending = take.iter().map(Arc::as_ref).filter(|task| !refused.contains(&task.index));
        if let Some(sending) = audit_rows::sending(claim, sending) {
            growth.add(&sending);
        }
        let (head, moved) = growth.write(&mut transaction).await?;
        let last = shift.statement(claim.job).into_iter().chain(moved).collect();
        self.commit_with(Append::Tasks, transaction, &head, last).await?;
        Ok(refused)
    }
}

/// Does something of our own while the database is at work on what it was asked first.
async fn meanwhile<A, B>(asked: impl Future<Output = A>, work: impl FnOnce() -> B) -> (A, B) {
    join(asked, async { work() }).await
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

fn rows_of(outcomes: &[Entry]) -> Vec<Value> {
    let mut rows = Vec::with_capacity(outcomes.len() * 7);
    let [mut state, mut reason, mut class, mut delivery]: [Repeated; 4] = Default::default();
    for entry in outcomes {
        rows.extend([
            entry.index.into(),
            state.of(entry.state.as_str()).into(),
            reason.of(&entry.reason).into(),
            entry.class.as_deref().map(|text| class.of(text)).into(),
            entry.command_id.as_deref().into(),
            entry.attempt.into(),
            entry.delivery.map(|step| delivery.of(step.as_str())).into(),
        ]);
    }
    rows
}

/// A text that is the same in most rows, and then there once.
#[derive(Default)]
struct Repeated(Arc<str>);

impl Repeated {
    fn of(&mut self, text: &str) -> Arc<str> {
        if *self.0 != *text {
            self.0 = text.into();
        }
        Arc::clone(&self.0)
    }
}

/// Marks tasks as sending, from one place to another. Only those that wait: some may have been cancelled or handed over
/// meanwhile.
static MARKS: ForRows = ForRows::new(
    &["first", "last"],
    || args![NOWHERE, NOWHERE],
    "update tasks set state = 'sending', class = null, delivery = null, attempt = tasks.attempt + 1, sending_at = $2, \
     at = $2 from v where tasks.job_id = $1 and tasks.idx >= v.first and tasks.idx <= v.last and tasks.state = 'pending'",
);

fn ranges_of(take: &[Arc<OpenTask>]) -> Vec<Value> {
    ranges(take.iter().map(|task| task.index)).into_iter().flat_map(|(first, last)| args![first, last]).collect()
}

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

/// Adds the records of what became of tasks.
fn grow(growth: &mut Growth, claim: &Claim, outcomes: &[Entry]) {
    let (actor, subject): (Arc<str>, Arc<str>) = (claim.owner.as_str().into(), claim.job.to_string().into());
    let mut last: Option<(TaskState, Arc<str>)> = None;
    for entry in outcomes {
        let event = match &last {
            Some((state, event)) if *state == entry.state => event.clone(),
            _ => last.insert((entry.state, format!("task.{}", entry.state).into())).1.clone(),
        };
        growth.add(&Occurrence { actor: actor.clone(), event, subject: subject.clone(), details: details(entry) });
    }
}

fn details(entry: &Entry) -> String {
    let index = i64::try_from(entry.index).unwrap_or(i64::MAX);
    Members::new(200)
        .text("action", &entry.action)
        .number("attempt", entry.attempt.into())
        .maybe("class", entry.class.as_deref())
        .maybe("command_id", entry.command_id.as_deref())
        .maybe("delivery", entry.delivery.map(Delivery::as_str))
        .number("index", index)
        .text("reason", &entry.reason)
        .text("target", &entry.target)
        .end()
}
