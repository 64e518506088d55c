//! `muster jobs show`: a job with the state of every item.

use clap::Args as Arguments;

use muster_engine::{Approval, ApprovalKind, JobDetail, StopAfter, TaskState};
use muster_workflows::words::nearest;
use serde_json::{Value, json};

use crate::app::App;
use crate::commands::change;
use crate::error::{Exit, Failure, Outcome};
use crate::output::{Format, Heading};
use crate::wiring;

/// Which job.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The job's id, or its first characters
    #[arg(value_name = "JOB")]
    pub(crate) id: String,
    /// Only items in this state: done, failed, unknown, skipped, held, pending, cancelled or expired
    #[arg(long, value_name = "STATE")]
    pub(crate) only: Option<String>,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let only = args.only.as_deref().map(state).transpose()?;
    let engine = wiring::engine(app).await?;
    let job = engine.job(&args.id).await?;
    let mut tasks = engine.tasks(&job.id).await?;
    tasks.retain(|task| only.is_none_or(|state| task.state == state));
    let sheet = change::items_sheet(&tasks);
    let approvals = engine.plan_head(&job.plan_id.to_string()).await?.approvals;
    if app.printer.format == Format::Json {
        let mut document = document(&job);
        document["approvals"] = approvals.iter().map(approval).collect();
        document["rings"] = serde_json::to_value(engine.rings(&job.id).await?).unwrap_or_default();
        document["items"] = serde_json::to_value(sheet.records().collect::<Vec<_>>()).unwrap_or_default();
        app.printer.document(&document, String::new)?;
    } else {
        app.printer.sheet(&sheet)?;
    }
    let figures = TaskState::ALL.map(|state| (state.to_string(), job.counts.of(state).to_string()));
    let heading = Heading { tenant: job.tenant.clone(), figures: figures.to_vec(), ..Heading::new(&job.purpose) };
    app.report(&heading, &sheet)?;
    for broken in approvals.iter().filter(|approval| approval.kind == ApprovalKind::BreakGlass) {
        app.notes.line(format!("Glass broken by {}: {}", broken.by, broken.note));
    }
    let rings = engine.rings(&job.id).await?;
    for ring in &rings {
        let why = if ring.reasons.is_empty() { String::new() } else { format!(": {}", ring.reasons.join("; ")) };
        app.notes.line(format!("Ring {}: {}{why}", ring.ring + 1, ring.state.as_str()));
    }
    let counts: Vec<String> = TaskState::ALL
        .into_iter()
        .filter(|state| job.counts.of(*state) > 0)
        .map(|state| format!("{} {state}", job.counts.of(state)))
        .collect();
    app.notes.line(format!("{} on {}: {}, {}", job.purpose, job.tenant, job.state, counts.join(", ")));
    if job.proofs.unproven() > 0 {
        app.notes.line(format!(
            "{} accepted but unproven; to look:  muster jobs prove {}",
            job.proofs.unproven(),
            job.id
        ));
    }
    if let Some(stopped) = &job.stopped {
        app.notes.line(format!("Stopped: {}", stopped.why));
    }
    if change::at_gate(&engine, &job).await? {
        let [on, back] = change::past_the_gate(&job.id.to_string());
        app.notes.line(format!("To let the next ring begin all the same:  {on}"));
        app.notes.line(format!("To give up the rest and take back what was done:  {back}"));
    } else if job.counts.open() > 0 && job.state != muster_engine::JobState::Cancelled {
        app.notes.line(format!("To go on:  muster jobs resume {}", job.id));
    }
    Ok(Exit::Success)
}

/// By whose word what was held went out.
fn approval(approval: &Approval) -> Value {
    json!({
        "kind": approval.kind.as_str(),
        "by": approval.by,
        "at": approval.at.to_string(),
        "note": approval.note,
    })
}

fn document(job: &JobDetail) -> Value {
    let options = &job.options;
    json!({
        "schema": 1,
        "job": job.id,
        "plan": job.plan_id,
        "retry_of": job.retry_of,
        "purpose": job.purpose,
        "tenant": job.tenant,
        "state": job.state,
        "stopped": job.stopped.as_ref().map(|stopped| stopped.why.clone()),
        "counts": job.counts,
        "proofs": job.proofs,
        "unproven": job.proofs.unproven(),
        "created_at": job.created_at.to_string(),
        "started_by": job.started_by,
        "finished_at": job.finished_at.map(|at| at.to_string()),
        "options": {
            "lanes": options.lanes,
            "batch_size": options.batch_size,
            "pause_seconds": options.pause.as_secs_f64(),
            "stop_after": match options.stop_after {
                Some(StopAfter::Failures(number)) => Value::from(number),
                Some(StopAfter::Percent(share)) => Value::from(format!("{share}%")),
                None => Value::Null,
            },
            "continue_on_error": options.continue_on_error,
            "rings": options.rings.as_ref().map(|growth| growth.rings.to_string()),
            "soak_seconds": options.rings.as_ref().map(|growth| growth.soak.as_secs_f64()),
            "deadline_seconds": options.deadline.map(|deadline| deadline.as_secs_f64()),
            "bulk": options.bulk,
        },
    })
}

fn state(word: &str) -> Result<TaskState, Failure> {
    let folded = word.to_lowercase();
    TaskState::known(&folded).ok_or_else(|| {
        let known = TaskState::ALL.map(TaskState::as_str);
        Failure::usage(format!("`{word}` is no state of an item"))
            .candidates(nearest(&folded, known).map(str::to_owned))
            .hint(format!("states: {}", known.join(", ")))
    })
}
