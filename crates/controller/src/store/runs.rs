//! `workflow_runs`.

use jiff::Timestamp;
use muster_store::{Row, Value, args};
use uuid::Uuid;

use super::{Rows, big};
use crate::Error;
use crate::run::{Cause, Failure, Outcome, Run, Tally};
use crate::schedule::Workflow;

impl Rows {
    /// Notes that a run has begun.
    pub(crate) async fn begin_run(&self, run: &Run) -> Result<(), Error> {
        let mut values = args![
            run.id,
            &self.tenant,
            &run.schedule,
            run.workflow.as_str(),
            run.due,
            run.controller.as_str(),
            run.started_at
        ];
        values.extend(state(run));
        self.database
            .execute(
                "insert into workflow_runs (id, tenant, schedule, workflow, due, controller, started_at, finished_at, \
                 outcome, noncompliant, planned, waiting, held, done, failed, unknown, skipped, plan_id, job_id, \
                 failure_cause, failure) \
                 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)",
                values,
            )
            .await
            .map(drop)
            .map_err(Error::writing)
    }

    /// Notes how far a run has come.
    pub(crate) async fn note_run(&self, run: &Run) -> Result<(), Error> {
        let mut values = args![run.id];
        values.extend(state(run));
        self.database
            .execute(
                "update workflow_runs set finished_at = $2, outcome = $3, noncompliant = $4, planned = $5, \
                 waiting = $6, held = $7, done = $8, failed = $9, unknown = $10, skipped = $11, plan_id = $12, \
                 job_id = $13, failure_cause = $14, failure = $15 where id = $1",
                values,
            )
            .await
            .map(drop)
            .map_err(Error::writing)
    }

    /// The newest runs, newest first.
    pub(crate) async fn runs(&self, limit: u32) -> Result<Vec<Run>, Error> {
        self.select_runs("where tenant = $1 order by started_at desc, id desc limit $2", args![&self.tenant, limit])
            .await
    }

    /// Runs of one schedule that have not ended, oldest first.
    pub(crate) async fn unfinished_runs(&self, schedule: &str) -> Result<Vec<Run>, Error> {
        self.select_runs(
            "where tenant = $1 and schedule = $2 and outcome = 'running' order by started_at, id",
            args![&self.tenant, schedule],
        )
        .await
    }

    /// How many runs ended how, over all that is kept.
    pub(crate) async fn run_counts(&self) -> Result<Vec<(Outcome, u64)>, Error> {
        let rows = self
            .database
            .fetch(
                "select outcome, count(*) as number from workflow_runs where tenant = $1 group by outcome order by outcome",
                args![&self.tenant],
            )
            .await
            .map_err(Error::reading)?;
        rows.iter().map(|row| Ok((outcome(row)?, row.get("number").map_err(Error::reading)?))).collect()
    }

    async fn select_runs(&self, rest: &'static str, values: Vec<Value>) -> Result<Vec<Run>, Error> {
        let sql = format!(
            "select id, schedule, workflow, due, controller, started_at, finished_at, outcome, noncompliant, planned, \
             waiting, held, done, failed, unknown, skipped, plan_id, job_id, failure_cause, failure from workflow_runs {rest}"
        );
        let rows = self.database.fetch(sql, values).await.map_err(Error::reading)?;
        rows.iter().map(read).collect()
    }
}

/// The part of a run that changes, in the order of the statements above.
fn state(run: &Run) -> Vec<Value> {
    let Tally { noncompliant, planned, waiting, held, done, failed, unknown, skipped } = run.tally;
    args![
        run.finished_at,
        run.outcome.as_str(),
        big(noncompliant),
        big(planned),
        big(waiting),
        big(held),
        big(done),
        big(failed),
        big(unknown),
        big(skipped),
        run.plan.clone(),
        run.job.clone(),
        run.failure.as_ref().map(|failure| failure.cause.as_str()),
        run.failure.as_ref().map(|failure| failure.text.as_str())
    ]
}

fn read(row: &Row) -> Result<Run, Error> {
    let (outcome, workflow, failure) = (outcome(row)?, workflow(row)?, failure(row)?);
    let columns = || -> Result<Run, muster_store::Error> {
        Ok(Run {
            id: row.get::<Uuid>("id")?,
            schedule: row.get("schedule")?,
            workflow,
            due: row.get::<Timestamp>("due")?,
            controller: row.get("controller")?,
            started_at: row.get("started_at")?,
            finished_at: row.get("finished_at")?,
            outcome,
            tally: Tally {
                noncompliant: row.get("noncompliant")?,
                planned: row.get("planned")?,
                waiting: row.get("waiting")?,
                held: row.get("held")?,
                done: row.get("done")?,
                failed: row.get("failed")?,
                unknown: row.get("unknown")?,
                skipped: row.get("skipped")?,
            },
            plan: row.get("plan_id")?,
            job: row.get("job_id")?,
            failure,
        })
    };
    columns().map_err(Error::reading)
}

fn outcome(row: &Row) -> Result<Outcome, Error> {
    let value: String = row.get("outcome").map_err(Error::reading)?;
    Outcome::known(&value).ok_or(Error::Corrupt { table: "workflow_runs", what: "outcome", value })
}

fn workflow(row: &Row) -> Result<Workflow, Error> {
    let value: String = row.get("workflow").map_err(Error::reading)?;
    Workflow::known(&value).ok_or(Error::Corrupt { table: "workflow_runs", what: "workflow", value })
}

fn failure(row: &Row) -> Result<Option<Failure>, Error> {
    let columns = (row.get::<Option<String>>("failure_cause"), row.get::<Option<String>>("failure"));
    let (Some(cause), Some(text)) = (columns.0.map_err(Error::reading)?, columns.1.map_err(Error::reading)?) else {
        return Ok(None);
    };
    let known = Cause::known(&cause);
    let cause = known.ok_or(Error::Corrupt { table: "workflow_runs", what: "failure_cause", value: cause })?;
    Ok(Some(Failure { cause, text }))
}
