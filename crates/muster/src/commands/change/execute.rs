//! Starting and running a job, with a person in front of it: the question, progress, Ctrl-C.

use std::time::Duration;

use muster_engine::{
    Counts, Engine, JobDetail, JobId, JobOptions, JobState, Only, Plan, PlanId, PlanItem, RingState, Stop, Stopped,
    Task, TaskState, Tenant, Verdict,
};
use muster_model::Effect;

use super::items;
use super::preview::{self, View};
use crate::app::App;
use crate::error::Failure;
use crate::output::{Display, plural};
use crate::prompt;

/// What a run came to, and what is left to say about it.
#[derive(Debug)]
pub(crate) struct Finished {
    /// `None` if there was nothing to plan.
    pub(crate) plan: Option<PlanId>,
    /// `None` if there was nothing to send.
    pub(crate) job: Option<JobId>,
    pub(crate) tenant: String,
    pub(crate) state: JobState,
    pub(crate) stopped: Option<Stopped>,
    /// The gate of a ring holds it, and going on is not enough.
    pub(crate) at_gate: bool,
    pub(crate) sole_failure: Option<String>,
    pub(crate) counts: Counts,
    pub(crate) elapsed: Duration,
    pub(crate) tasks: Vec<Task>,
    /// Ctrl-C.
    pub(crate) interrupted: bool,
    /// The plan whose approval would let the held items through.
    pub(crate) approve: Option<PlanId>,
}

impl Finished {
    /// There was nothing to plan.
    pub(crate) fn nothing(tenant: &str) -> Self {
        Self {
            plan: None,
            job: None,
            tenant: tenant.to_owned(),
            state: JobState::Finished,
            stopped: None,
            at_gate: false,
            sole_failure: None,
            counts: Counts::default(),
            elapsed: Duration::ZERO,
            tasks: Vec::new(),
            interrupted: false,
            approve: None,
        }
    }
}

/// Carries a plan out. What it holds back is let through by an approval only, which has its own proof.
pub(crate) async fn execute(
    app: &App,
    engine: &Engine,
    tenant: &Tenant,
    plan: &Plan,
    options: JobOptions,
) -> Result<Finished, Failure> {
    execute_without(app, engine, tenant, plan, options, &[]).await
}

/// The same without the items that are not any more as the plan says.
pub(crate) async fn execute_without(
    app: &App,
    engine: &Engine,
    tenant: &Tenant,
    plan: &Plan,
    options: JobOptions,
    left_out: &[(usize, String)],
) -> Result<Finished, Failure> {
    let view = View::of(&options).judged(engine, plan).await?;
    let through = view.let_through;
    let sent = plan.count(Verdict::Allow) + through;
    if sent == 0 {
        return Ok(nothing_sent(plan));
    }
    preview::show_short(app, plan, &view)?;
    let warning = warning(plan, through);
    let noun = plural(sent as u64, "item", "items");
    prompt::confirm(app, &format!("Send to {sent} {noun}?{warning}")).await?;
    // Its targets were read by this very command.
    let read_at = app.spoken.get().map(|spoken| spoken.since);
    let job = engine.start_without(plan, options, (left_out, read_at)).await?;
    run_job(app, engine, tenant, &job).await
}

/// What the question says of held items that are let through and take something away.
fn warning(plan: &Plan, through: usize) -> String {
    let held = plan.items.iter().filter(|item| item.decision.verdict == Verdict::Hold);
    let (lost, taken): (Vec<&PlanItem>, Vec<&PlanItem>) = held
        .filter(|item| item.action.effect() == Effect::Destroy)
        .partition(|item| item.action.irreversible().is_some());
    let (lost, taken) = (lost.len().min(through), taken.len().min(through));
    let mut warning = String::new();
    if lost > 0 {
        warning.push_str(&format!(" {lost} cannot be undone."));
    }
    if taken > 0 {
        warning.push_str(&format!(" {taken} {} something away.", plural(taken as u64, "takes", "take")));
    }
    warning
}

/// Runs a job, or goes on with it.
pub(crate) async fn run_job(app: &App, engine: &Engine, tenant: &Tenant, job: &JobId) -> Result<Finished, Failure> {
    let display = std::sync::Arc::new(Display::new(app.globals.progress, app.notes));
    let stop = Stop::new();
    let watch = tokio::spawn(interruption(stop.clone(), display.clone()));
    let ran = engine.run(job, tenant, &*display, &stop).await;
    watch.abort();
    let interrupted = stop.is_stopped();
    let summary = ran.map_err(|error| {
        let failure = Failure::from(error);
        match failure.hint {
            Some(_) => failure,
            None => failure.hint(format!("muster jobs resume {job}")),
        }
    })?;
    let detail = engine.job(&job.to_string()).await?;
    let at_gate = at_gate(engine, &detail).await?;
    let mut tasks = engine.tasks(job).await?;
    // Held items go on in a plan of their own, so that an approval covers them and nothing else.
    let approve = if summary.counts.held > 0 && !interrupted {
        engine.retry_knowing(&job.to_string(), Only::Held, app.requester(), None).await.ok().map(|plan| plan.id)
    } else {
        None
    };
    if let Some(again) = approve {
        // The guard named the plan that it saw; that one is applied now, and this one can be approved.
        let (seen, open) = (detail.plan_id.to_string(), again.to_string());
        for task in tasks.iter_mut().filter(|task| task.state == TaskState::Held) {
            task.reason = task.reason.replace(&seen, &open);
        }
    }
    Ok(Finished {
        plan: Some(detail.plan_id),
        job: Some(*job),
        tenant: detail.tenant,
        state: summary.state,
        stopped: summary.stopped,
        at_gate,
        sole_failure: summary.sole_failure,
        counts: summary.counts,
        elapsed: summary.elapsed,
        tasks,
        interrupted,
        approve,
    })
}

/// Whether the gate of a ring holds a job.
pub(crate) async fn at_gate(engine: &Engine, job: &JobDetail) -> Result<bool, Failure> {
    if job.options.rings.is_none() || job.state != JobState::Stopped {
        return Ok(false);
    }
    Ok(engine.rings(&job.id).await?.last().is_some_and(|ring| ring.state == RingState::Held))
}

/// A plan with nothing that may be sent needs no job.
fn nothing_sent(plan: &Plan) -> Finished {
    let held = plan.count(Verdict::Hold);
    Finished {
        plan: Some(plan.id),
        counts: Counts { held: held as u64, skipped: plan.count(Verdict::Skip) as u64, ..Counts::default() },
        tasks: plan.items.iter().map(items::as_task).collect(),
        approve: (held > 0).then_some(plan.id),
        ..Finished::nothing(&plan.tenant)
    }
}

/// The first Ctrl-C (or SIGTERM) finishes what is in flight; the second one does not wait for that.
async fn interruption(stop: Stop, display: std::sync::Arc<Display>) {
    interrupted().await;
    display.say("Stopping: finishing what is in flight. Again to leave at once; the journal is kept.");
    stop.stop();
    interrupted().await;
    leave();
}

/// Waits for Ctrl-C or a request to end.
pub(crate) async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}

#[allow(clippy::exit, clippy::disallowed_methods, reason = "the person insists, and the journal survives it")]
fn leave() -> ! {
    std::process::exit(i32::from(crate::error::Exit::Interrupted.number()))
}
