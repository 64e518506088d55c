//! From a nudge to a result: observe, decide, propose and, where the schedule says so, carry out.

use std::collections::BTreeSet;

use muster_client::DeviceFilter;
use muster_engine::{Draft, JobState, JobSummary, Plan, Silent, Stop, Verdict};
use muster_workflows::{Inventory, Kind as WorkflowKind, Unwatched, compliance};

use super::{Cause, Failure, Outcome, Run, Waiting};
use crate::controller::Inner;
use crate::error::chain;
use crate::inventory::Snapshot;
use crate::schedule::{Fire, Schedule, Workflow};
use crate::tenant::Connected;
use crate::{Error, ids};

/// Runs `schedule`'s workflow once, for the instant `fire`. What goes wrong on the way is in the run's
/// row; an error is only what kept the row from being written.
pub(crate) async fn activate(inner: &Inner, schedule: &Schedule, fire: &Fire, stop: &Stop) -> Result<Run, Error> {
    let now = inner.clock.now();
    let controller = &inner.settings.controller;
    let mut run = Run::begun(ids::fresh(now), &schedule.name, schedule.workflow, fire.due, controller, now);
    inner.rows.begin_run(&run).await?;
    let outcome = match schedule.workflow {
        Workflow::Compliance => compliance(inner, schedule, &mut run, stop).await,
    };
    finish(inner, &mut run, outcome).await?;
    Ok(run)
}

/// How a run came to its end, or did not.
pub(super) enum Ending {
    Finished,
    /// The controller is being stopped; the next start goes on with the job.
    LeftOpen,
}

/// Why a run ended early: for a reason of its own, or because the controller's rows failed.
pub(super) enum Trouble {
    Run(Failure),
    Rows(Error),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Rows(error)
    }
}

impl From<muster_client::Error> for Trouble {
    fn from(error: muster_client::Error) -> Self {
        Self::Run(Failure { cause: cause(error.kind()), text: chain(&error) })
    }
}

impl From<muster_workflows::Error> for Trouble {
    fn from(error: muster_workflows::Error) -> Self {
        let cause = match error.kind() {
            WorkflowKind::Client(kind) => cause(kind),
            _ => Cause::Run,
        };
        Self::Run(Failure { cause, text: chain(&error) })
    }
}

impl From<muster_engine::Error> for Trouble {
    fn from(error: muster_engine::Error) -> Self {
        Self::Run(Failure { cause: Cause::Run, text: chain(&error) })
    }
}

fn cause(kind: muster_client::Kind) -> Cause {
    match kind {
        muster_client::Kind::Unreachable | muster_client::Kind::NotSent | muster_client::Kind::Auth => Cause::Tenant,
        _ => Cause::Run,
    }
}

/// Writes how the run ended.
pub(super) async fn finish(inner: &Inner, run: &mut Run, outcome: Result<Ending, Trouble>) -> Result<(), Error> {
    match outcome {
        Ok(Ending::LeftOpen) => return inner.rows.note_run(run).await,
        Ok(Ending::Finished) => run.outcome = Outcome::Finished,
        Err(Trouble::Run(failure)) => {
            tracing::warn!(run.id = %run.id, run.schedule, reason = failure.text, "a run failed");
            run.outcome = Outcome::Failed;
            run.failure = Some(failure);
        }
        Err(Trouble::Rows(error)) => return Err(error),
    }
    run.finished_at = Some(inner.clock.now());
    inner.rows.note_run(run).await
}

/// The compliance workflow, with a snapshot of the fleet on the way.
async fn compliance(inner: &Inner, schedule: &Schedule, run: &mut Run, stop: &Stop) -> Result<Ending, Trouble> {
    let Connected { tenant, inventory } = inner.link.connected().await?;
    let devices = inventory.devices(&DeviceFilter::default()).await?;
    let facts = compliance::observe(&*inventory, &Unwatched).await?;
    let now = inner.clock.now();

    let enrolled = facts.cases.iter().filter(|case| muster_workflows::selection::is_enrolled(&case.device));
    run.tally.noncompliant = enrolled.count() as u64;
    // A device counts once for each rule, however many of its policies carry that name.
    let broken =
        facts.cases.iter().flat_map(|case| case.broken().map(|rule| rule.name.as_str()).collect::<BTreeSet<_>>());
    let snapshot = Snapshot::count(now, &devices, run.tally.noncompliant, broken);
    inner.rows.keep_snapshot(run.id, &snapshot).await?;

    let draft = compliance::decide(&inner.settings.remedies, &facts, now).draft;
    let Some(plan) = propose(inner, schedule, run, draft).await? else { return Ok(Ending::Finished) };
    if !schedule.apply {
        return Ok(Ending::Finished);
    }
    if stop.is_stopped() {
        return Ok(Ending::LeftOpen);
    }
    let job = inner.engine.start(&plan, inner.settings.job.clone()).await?;
    run.job = Some(job.to_string());
    inner.rows.note_run(run).await?;
    let summary = inner.engine.run(&job, &tenant, &Silent, stop).await?;
    tally(run, &summary, stop)
}

/// Puts what is wanted before the guard. `None` if there is nothing to do that does not wait already.
async fn propose(inner: &Inner, schedule: &Schedule, run: &mut Run, draft: Draft) -> Result<Option<Plan>, Trouble> {
    let wanted = |draft: &Draft| draft.items.iter().filter(|item| item.nothing_to_do.is_none()).count() as u64;
    run.tally.planned = wanted(&draft);
    run.tally.skipped = draft.items.len() as u64 - run.tally.planned;

    let requested_by = format!("schedule {}", schedule.name);
    let name = &inner.settings.tenant;
    let waiting = Waiting::gather(&inner.engine, name, &requested_by, schedule.apply, inner.clock.now()).await?;
    let (draft, number) = waiting.strip(draft);
    run.tally.waiting = number;
    if wanted(&draft) == 0 {
        return Ok(None);
    }
    let plan = inner.engine.propose(draft, &requested_by, name).await?;
    run.plan = Some(plan.id.to_string());
    run.tally.held = plan.count(Verdict::Hold) as u64;
    run.tally.skipped = plan.count(Verdict::Skip) as u64;
    inner.rows.note_run(run).await?;
    Ok(Some(plan))
}

/// Takes over what a job came to.
pub(super) fn tally(run: &mut Run, summary: &JobSummary, stop: &Stop) -> Result<Ending, Trouble> {
    let counts = summary.counts;
    run.tally.done = counts.done;
    run.tally.failed = counts.failed;
    run.tally.unknown = counts.unknown;
    run.tally.skipped = counts.skipped + counts.cancelled;
    run.tally.held = counts.held;
    match (&summary.stopped, summary.state) {
        (_, JobState::Finished | JobState::Cancelled) => Ok(Ending::Finished),
        _ if stop.is_stopped() => Ok(Ending::LeftOpen),
        (Some(stopped), _) => {
            let is_tenant = matches!(stopped.class.as_deref(), Some("unreachable" | "not-sent" | "auth"));
            let cause = if is_tenant { Cause::Tenant } else { Cause::Run };
            Err(Trouble::Run(Failure { cause, text: format!("the job stopped: {}", stopped.why) }))
        }
        (None, state) => {
            let text = format!("the job is {state} without having come to its end");
            Err(Trouble::Run(Failure { cause: Cause::Run, text }))
        }
    }
}
