//! `muster jobs undo` and `muster jobs rollback`: take back what a job did, as a plan of its own.

use clap::Args as Arguments;
use muster_engine::{Engine, Error, Plan, Surroundings};

use crate::app::App;
use crate::commands::change;
use crate::error::{Exit, Failure, Outcome};
use crate::output::plural;
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
    let options = args.pacing.options(app)?;
    if app.globals.dry_run {
        let engine = wiring::engine(app).await?;
        // What the tenant says now, if it can be reached: a look at a plan does not need it.
        let _ = wiring::connect(app).await;
        // A look at what would be taken back changes nothing, the job included.
        let plan = taken_back(app, &engine, &args.id).await??;
        let view = change::View::of(&options).judged(&engine, &plan).await?;
        return change::print_plan(app, &plan, &view);
    }
    let (engine, _alone) = wiring::engine_alone(app).await?;
    // A job that is not there is told without a connection.
    let before = engine.job(&args.id).await?.counts.cancelled;
    let tenant = wiring::connect(app).await?.into_tenant(muster_engine::Secrets::default());
    let given_up = if give_up {
        let job = engine.cancel(&args.id, &app.person()).await?;
        let items = job.counts.cancelled - before;
        app.notes.line(format!("{items} {} cancelled", plural(items, "item was", "items were")));
        (items > 0).then_some(job)
    } else {
        None
    };
    let plan = match (taken_back(app, &engine, &args.id).await?, given_up) {
        (Ok(plan), _) => plan,
        (Err(Error::NothingToUndo { .. }), Some(job)) => {
            app.printer.document(&job, || {
                let (cancelled, done) = (job.counts.cancelled, job.counts.done);
                format!(
                    "{}: {}, {cancelled} cancelled; nothing of {done} done can be taken back\n",
                    job.purpose, job.state
                )
            })?;
            return Ok(Exit::Success);
        }
        (Err(error), _) => return Err(error.into()),
    };
    let finished = change::execute(app, &engine, &tenant, &plan, options).await?;
    change::print_finished(app, &plan.purpose, &finished, None)
}

/// The plan, with what the tenant says to it as to a first one, and with what its targets are like now.
async fn taken_back(app: &App, engine: &Engine, id: &str) -> Result<Result<Plan, Error>, Failure> {
    let Some(spoken) = app.spoken.get() else {
        return Ok(engine.undo_knowing(id, app.requester(), Surroundings::default(), None).await);
    };
    let draft = engine.undo_draft(id).await?;
    let known = change::ask(app, engine, &draft).await?.unwrap_or_default();
    let known = Surroundings { read_at: None, ..known };
    let seen = engine.look(&spoken.client, &draft).await;
    Ok(engine.undo_knowing(id, app.requester(), known, Some(&seen)).await)
}
