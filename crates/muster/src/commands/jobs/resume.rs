//! `muster jobs resume`: settles what is unknown and goes on.

use clap::Args as Arguments;

use muster_engine::JobState;

use crate::app::App;
use crate::commands::change;
use crate::error::{Exit, Failure, Outcome};
use crate::{prompt, wiring};

/// Which job.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The job's id, or its first characters
    #[arg(value_name = "JOB")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) secrets: crate::commands::change::SecretFlags,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    if app.globals.dry_run {
        return Err(Failure::usage("resuming goes on with a plan that was already shown, so it refuses --dry-run")
            .hint(format!("muster jobs show {} --only pending", args.id)));
    }
    let (engine, _alone) = wiring::engine_alone(app).await?;
    let job = engine.job(&args.id).await?;
    if job.state == JobState::Cancelled {
        return Err(Failure::new(Exit::Refused, "E_CANCELLED", format!("job {} was cancelled", job.id)));
    }
    if job.counts.open() > 0 {
        let question = format!("{} on {}: go on with {} items?", job.purpose, job.tenant, job.counts.open());
        prompt::confirm(app, &question).await?;
    }
    let tenant = wiring::connect(app).await?.into_tenant(args.secrets.read()?);
    let finished = change::run_job(app, &engine, &tenant, &job.id).await?;
    change::print_finished(app, &job.purpose, &finished, None)
}
