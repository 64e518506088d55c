//! `muster jobs cancel`: gives up what a job has not begun.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::{prompt, wiring};

/// Which job.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The job's id, or its first characters
    #[arg(value_name = "JOB")]
    pub(crate) id: String,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let engine = wiring::engine(app).await?;
    let job = engine.job(&args.id).await?;
    prompt::confirm(app, &format!("{} on {}: give up {} items?", job.purpose, job.tenant, job.counts.pending)).await?;
    let job = engine.cancel(&job.id.to_string(), &app.person()).await?;
    app.printer.document(&job, || {
        format!("{}: {}, {} cancelled, {} done\n", job.purpose, job.state, job.counts.cancelled, job.counts.done)
    })?;
    Ok(Exit::Success)
}
