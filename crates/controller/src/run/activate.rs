//! From a nudge to a result: observe, decide, propose and, where the schedule says so, carry out.

use std::collections::BTreeSet;

use jiff::Timestamp;
use muster_client::DeviceFilter;
use muster_engine::{Draft, Plan, Stop, Tenant, Verdict};
use muster_workflows::{Inventory, Unwatched, compliance};

use super::ending::{Ending, Trouble, finish};
use super::{Asked, Run, Waiting, carry_out};
use crate::controller::Inner;
use crate::inventory::Snapshot;
use crate::schedule::{Fire, Schedule, Workflow};
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

/// The compliance workflow, with a snapshot of the fleet on the way.
async fn compliance(inner: &Inner, schedule: &Schedule, run: &mut Run, stop: &Stop) -> Result<Ending, Trouble> {
    let read_at = inner.clock.now();
    let looking = async {
        let connected = inner.link.connected().await?;
        let devices = connected.inventory.devices(&DeviceFilter::default()).await?;
        let facts = compliance::observe(&*connected.inventory, &Unwatched).await?;
        Ok::<_, Trouble>((connected.tenant, devices, facts))
    };
    // Looking at a large fleet takes minutes, and nothing is lost by leaving off.
    let (tenant, devices, facts) = tokio::select! {
        seen = looking => seen?,
        () = stop.stopped() => return Ok(Ending::Interrupted),
    };
    let now = inner.clock.now();

    let enrolled = facts.cases.iter().filter(|case| muster_workflows::selection::is_enrolled(&case.device));
    run.tally.noncompliant = enrolled.count() as u64;
    // A device counts once for each rule, however many of its policies carry that name.
    let broken =
        facts.cases.iter().flat_map(|case| case.broken().map(|rule| rule.name.as_str()).collect::<BTreeSet<_>>());
    let snapshot = Snapshot::count(now, &devices, run.tally.noncompliant, broken);
    inner.rows.keep_snapshot(run.id, &snapshot).await?;

    let draft = compliance::decide(&inner.settings.remedies, &facts, now).draft;
    let Some(plan) = propose(inner, schedule, run, draft, (&tenant, read_at)).await? else {
        return Ok(Ending::Finished);
    };
    if !schedule.apply {
        return Ok(Ending::Finished);
    }
    if stop.is_stopped() {
        return Ok(Ending::Interrupted);
    }
    let job = inner.engine.start(&plan, inner.settings.job.clone()).await?;
    run.job = Some(job.to_string());
    inner.rows.note_run(run).await?;
    carry_out(inner, run, &job, &tenant, stop).await
}

/// Puts what is wanted before the guard. `None` if there is nothing to do that does not wait already.
async fn propose(
    inner: &Inner,
    schedule: &Schedule,
    run: &mut Run,
    draft: Draft,
    (connected, read_at): (&Tenant, Timestamp),
) -> Result<Option<Plan>, Trouble> {
    let wanted = |draft: &Draft| draft.items.iter().filter(|item| item.nothing_to_do.is_none()).count() as u64;
    run.tally.planned = wanted(&draft);
    run.tally.skipped = draft.items.len() as u64 - run.tally.planned;

    let requested_by = format!("schedule {}", schedule.name);
    let name = &inner.settings.tenant;
    let now = inner.clock.now();
    let asked = Asked {
        tenant: name,
        requested_by: &requested_by,
        apply: schedule.apply,
        sent_since: now.checked_sub(inner.settings.ask_again_after).unwrap_or(Timestamp::MIN),
        now,
    };
    let waiting = Waiting::gather(&inner.engine, asked).await?;
    let (draft, number) = waiting.strip(draft);
    run.tally.waiting = number;
    if wanted(&draft) == 0 {
        return Ok(None);
    }
    let mut known = inner.engine.ask(&connected.client, &draft).await;
    known.read_at = Some(read_at);
    let plan = inner.engine.propose_knowing(draft, &requested_by, name, known).await?;
    run.plan = Some(plan.id.to_string());
    run.tally.held = plan.count(Verdict::Hold) as u64;
    run.tally.skipped = plan.count(Verdict::Skip) as u64;
    inner.rows.note_run(run).await?;
    Ok(Some(plan))
}
