//! `muster jobs list`.

use clap::Args as Arguments;

use crate::app::App;
use crate::commands::change;
use crate::error::{Exit, Outcome};
use crate::output::{Heading, Sheet};
use crate::wiring;

/// No arguments.
#[derive(Debug, Arguments)]
pub(crate) struct Args {}

pub(super) async fn run(app: &mut App, _args: Args) -> Outcome {
    let mut sheet = Sheet::new(&[
        "job",
        "created_at",
        "purpose",
        "state",
        "done",
        "failed",
        "unknown",
        "skipped",
        "held",
        "open",
        "+cancelled",
        "total",
        "+started_by",
        "tenant",
        "+plan",
        "+retry_of",
        "+finished_at",
        "+stopped",
    ]);
    let engine = wiring::engine(app).await?;
    let mut held = Vec::new();
    for job in engine.jobs().await? {
        if change::at_gate(&engine, &job).await? {
            held.push(job.id.to_string());
        }
        sheet.push(vec![
            job.id.to_string().into(),
            job.created_at.to_string().into(),
            job.purpose.into(),
            job.state.as_str().into(),
            job.counts.done.into(),
            job.counts.failed.into(),
            job.counts.unknown.into(),
            job.counts.skipped.into(),
            job.counts.held.into(),
            (job.counts.pending + job.counts.sending).into(),
            job.counts.cancelled.into(),
            job.counts.total().into(),
            job.started_by.into(),
            job.tenant.into(),
            job.plan_id.to_string().into(),
            job.retry_of.map(|id| id.to_string()).into(),
            job.finished_at.map(|at| at.to_string()).into(),
            job.stopped.map(|stopped| stopped.why).into(),
        ]);
    }
    app.list(&sheet, Heading::new("Jobs"))?;
    for job in held {
        app.notes.line(format!("Held by the gate of a ring:  {}", change::past_the_gate(&job).join("  or  ")));
    }
    Ok(Exit::Success)
}
