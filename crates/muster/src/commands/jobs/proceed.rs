//! `muster jobs continue`: lets the next ring begin although its gate holds it.

use clap::Args as Arguments;

use muster_engine::RingState;

use crate::app::App;
use crate::commands::change;
use crate::error::{Failure, Outcome};
use crate::{prompt, wiring};

/// Which job.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The job's id, or its first characters
    #[arg(value_name = "JOB")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) secrets: change::SecretFlags,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    if app.globals.dry_run {
        return Err(Failure::usage("continuing goes on with a plan that was already shown, so it refuses --dry-run")
            .hint(format!("muster jobs show {}", args.id)));
    }
    let (engine, _alone) = wiring::engine_alone(app).await?;
    let job = engine.job(&args.id).await?;
    let rings = engine.rings(&job.id).await?;
    if let Some(ring) = rings.last().filter(|ring| ring.state == RingState::Held) {
        app.notes.line(format!("Ring {} is held: {}", ring.ring + 1, ring.reasons.join("; ")));
    }
    let question = format!("{} on {}: let the next ring begin all the same?", job.purpose, job.tenant);
    prompt::confirm(app, &question).await?;
    engine.let_pass(&job.id.to_string(), &app.person()).await?;
    let tenant = wiring::connect(app).await?.into_tenant(args.secrets.read()?);
    let finished = change::run_job(app, &engine, &tenant, &job.id).await?;
    change::print_finished(app, &job.purpose, &finished, None)
}
