//! `muster jobs retry`: tries items of a job again.

use clap::Args as Arguments;
use muster_engine::{Engine, Plan};

use crate::app::App;
use crate::commands::change;
use crate::error::{Failure, Outcome};
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
    let options = args.pacing.options(app)?;
    if app.globals.dry_run {
        let engine = wiring::engine(app).await?;
        // What the tenant says now, if it can be reached: a look at a plan does not need it.
        let _ = wiring::connect(app).await;
        let plan = again(app, &engine, &args.id, only).await?;
        let view = change::View::of(&options).judged(&engine, &plan).await?;
        return change::print_plan(app, &plan, &view);
    }
    let (engine, _alone) = wiring::engine_alone(app).await?;
    // A job that is not there is told without a connection.
    engine.job(&args.id).await?;
    let tenant = wiring::connect(app).await?.into_tenant(args.secrets.read()?);
    let plan = again(app, &engine, &args.id, only).await?;
    let finished = change::execute(app, &engine, &tenant, &plan, options).await?;
    change::print_finished(app, &plan.purpose, &finished, None)
}

/// The plan, with what the tenant says to it as to a first one.
async fn again(app: &App, engine: &Engine, id: &str, only: muster_engine::Only) -> Result<Plan, Failure> {
    let known = match app.spoken.get() {
        Some(_) => change::ask(app, engine, &engine.retry_draft(id, only).await?).await?,
        None => None,
    };
    let head = engine.retry_knowing(id, only, app.requester(), known).await?;
    Ok(engine.plan(&head.id.to_string()).await?)
}
