//! How many tasks a job has by state, kept as rows: a run of a million tasks must not count them before it sends the
//! first one.
//!
//! Whoever changes the state of a task tells it here, in the same transaction. Nothing is sent, held or finished on the
//! strength of these numbers: what is open is asked of the tasks, and at the end of a run they are counted themselves.

use std::collections::BTreeMap;

use muster_store::{Row, Statement, Transaction, args};

use super::{Counts, Delivery, Journal, Proofs, TaskState, reading, word_of, writing};
use crate::error::Error;
use crate::plan::JobId;

/// Tasks per state, and how far those that are done are proven, by job.
pub(super) type Sums = BTreeMap<String, (Counts, Proofs)>;

/// Changes of states on their way: how many more or fewer tasks there are in each.
#[derive(Debug, Default)]
pub(super) struct Shift(BTreeMap<(&'static str, &'static str), i64>);

impl Shift {
    /// So many tasks went from one state to another.
    pub(super) fn of(from: TaskState, to: TaskState, tasks: u64) -> Self {
        let mut shift = Self::default();
        let tasks = i64::try_from(tasks).unwrap_or(i64::MAX);
        shift.add(from, None, -tasks);
        shift.add(to, None, tasks);
        shift
    }

    pub(super) fn add(&mut self, state: TaskState, delivery: Option<Delivery>, tasks: i64) {
        *self.0.entry((state.as_str(), delivery.map_or("", Delivery::as_str))).or_default() += tasks;
    }

    /// Writes the change down.
    pub(super) async fn write(self, transaction: &mut Transaction, job: JobId) -> Result<(), Error> {
        if let Some((sql, values)) = self.statement(job) {
            transaction.execute(sql, values).await.map_err(writing)?;
        }
        Ok(())
    }

    /// The statement that does so, unless there is nothing to write.
    pub(super) fn statement(self, job: JobId) -> Option<Statement> {
        let job = job.to_string();
        let (mut rows, mut values) = (Vec::new(), args![job.as_str()]);
        for ((state, delivery), tasks) in self.0.into_iter().filter(|(_, tasks)| *tasks != 0) {
            let place = values.len();
            rows.push(format!("($1, ${}, ${}, ${})", place + 1, place + 2, place + 3));
            values.extend(args![state, delivery, tasks]);
        }
        if rows.is_empty() {
            return None;
        }
        let sql = format!(
            "insert into job_counts (job_id, state, delivery, tasks) values {} on conflict (job_id, state, delivery) \
             do update set tasks = job_counts.tasks + excluded.tasks",
            rows.join(", ")
        );
        Some((sql.into(), values))
    }
}

/// Counts the tasks of a job. By state they are in the order of an index, and need no sorting.
pub(super) async fn count(transaction: &mut Transaction, job: JobId) -> Result<(), Error> {
    let id = job.to_string();
    transaction.execute("delete from job_counts where job_id = $1", args![id.as_str()]).await.map_err(writing)?;
    let sql = "select state, count(*) as tasks from tasks where job_id = $1 group by state";
    let mut shift = Shift::default();
    for row in &transaction.fetch(sql, args![id.as_str()]).await.map_err(writing)? {
        let state = word_of("task state", TaskState::known, &row.get::<String>("state").map_err(writing)?)?;
        let tasks: i64 = row.get("tasks").map_err(writing)?;
        shift.add(state, None, tasks);
        // Only what is done is proven.
        if state == TaskState::Done {
            for (step, tasks) in proven(transaction, &id).await? {
                shift.add(state, None, -tasks);
                shift.add(state, Some(step), tasks);
            }
        }
    }
    shift.write(transaction, job).await
}

/// How many of a job's tasks that are done are proven how far.
async fn proven(transaction: &mut Transaction, job: &str) -> Result<Vec<(Delivery, i64)>, Error> {
    let sums: Vec<String> = Delivery::ALL
        .iter()
        .map(|step| format!("sum(case when delivery = '{0}' then 1 else 0 end) as {0}", step.as_str()))
        .collect();
    let sql = format!("select {} from tasks where job_id = $1 and state = 'done'", sums.join(", "));
    let row = transaction.fetch_one(sql, args![job]).await.map_err(writing)?;
    let sum = |step: Delivery| Ok((step, row.get::<Option<i64>>(step.as_str()).map_err(writing)?.unwrap_or_default()));
    Delivery::ALL.into_iter().map(sum).collect()
}

impl Journal {
    /// How many tasks a job has by state.
    pub(super) async fn counts(&self, job: &str) -> Result<Sums, Error> {
        let sql = "select * from job_counts where job_id = $1";
        sums(&self.database.fetch(sql, args![job]).await.map_err(reading)?)
    }

    /// The same of every job.
    pub(super) async fn all_counts(&self) -> Result<Sums, Error> {
        sums(&self.database.fetch("select * from job_counts", args![]).await.map_err(reading)?)
    }

    /// Counts the tasks of a job themselves, and keeps and answers that.
    pub(crate) async fn recount(&self, job: JobId) -> Result<Counts, Error> {
        let mut transaction = self.database.begin().await.map_err(writing)?;
        count(&mut transaction, job).await?;
        transaction.commit().await.map_err(writing)?;
        let id = job.to_string();
        Ok(self.counts(&id).await?.remove(&id).unwrap_or_default().0)
    }
}

fn sums(rows: &[Row]) -> Result<Sums, Error> {
    let mut sums = Sums::new();
    for row in rows {
        let text = |column: &str| row.get::<String>(column).map_err(reading);
        let state = word_of("task state", TaskState::known, &text("state")?)?;
        // Below nothing it can only be if somebody else wrote into the tasks; the end of the next run puts it right.
        let tasks = u64::try_from(row.get::<i64>("tasks").map_err(reading)?).unwrap_or_default();
        let (counts, proofs) = sums.entry(text("job_id")?).or_default();
        *counts.slot(state) += tasks;
        if state == TaskState::Done {
            // Without a word it was done before there were proofs.
            let step = Some(text("delivery")?).filter(|step| !step.is_empty());
            let step = step.map(|step| word_of("delivery", Delivery::known, &step)).transpose()?;
            *proofs.slot(step.unwrap_or(Delivery::Accepted)) += tasks;
        }
    }
    Ok(sums)
}
