//! `muster jobs undo` and `muster jobs rollback`: take back what a job did, as a plan of its own.

use clap::Args as Arguments;

use crate::app::App;
use crate::commands::change;
use crate::error::Outcome;
use crate::wiring;

/// Which job.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The job's id, or its first characters
    #[arg(value_name = "JOB")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) pacing: change::Pacing,
}

/// Takes back what the job did; `give_up` cancels what it has not begun first.
pub(super) async fn run(app: &mut App, args: Args, give_up: bool) -> Outcome {
    if app.globals.dry_run {
        // A look at what would be taken back changes nothing, the job included.
        let plan = wiring::engine(app).await?.undo(&args.id, &app.person()).await?;
        return change::print_plan(app, &plan);
    }
    let options = args.pacing.options(app)?;
    let (engine, _alone) = wiring::engine_alone(app).await?;
    let plan = match give_up {
        true => engine.roll_back(&args.id, &app.person()).await?,
        false => engine.undo(&args.id, &app.person()).await?,
    };
    let tenant = wiring::connect(app).await?.into_tenant(muster_engine::Secrets::default());
    let finished = change::execute(app, &engine, &tenant, &plan, options).await?;
    change::print_finished(app, &plan.purpose, &finished, None)
}
