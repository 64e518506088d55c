//! `muster jobs retry`: tries items of a job again.

use clap::Args as Arguments;

use crate::app::App;
use crate::commands::change;
use crate::error::Outcome;
use crate::wiring;

/// Which job and which items.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The job's id, or its first characters
    #[arg(value_name = "JOB")]
    pub(crate) id: String,
    /// Which items: failed, unknown, held, skipped or expired
    #[arg(long, value_name = "STATE", value_enum)]
    pub(crate) only: Only,
    #[command(flatten)]
    pub(crate) secrets: crate::commands::change::SecretFlags,
    #[command(flatten)]
    pub(crate) pacing: crate::commands::change::Pacing,
}

/// Which items of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Only {
    Failed,
    Unknown,
    Held,
    Skipped,
    Expired,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let only = match args.only {
        Only::Failed => muster_engine::Only::Failed,
        Only::Unknown => muster_engine::Only::Unknown,
        Only::Held => muster_engine::Only::Held,
        Only::Skipped => muster_engine::Only::Skipped,
        Only::Expired => muster_engine::Only::Expired,
    };
    if app.globals.dry_run {
        let plan = wiring::engine(app).await?.retry(&args.id, only, app.requester()).await?;
        return change::print_plan(app, &plan);
    }
    let options = args.pacing.options(app)?;
    let (engine, _alone) = wiring::engine_alone(app).await?;
    let plan = engine.retry(&args.id, only, app.requester()).await?;
    let tenant = wiring::connect(app).await?.into_tenant(args.secrets.read()?);
    let finished = change::execute(app, &engine, &tenant, &plan, options).await?;
    change::print_finished(app, &plan.purpose, &finished, None)
}
