//! `muster plan apply`: carries out a stored plan.

use clap::Args as Arguments;

use crate::app::App;
use crate::commands::change;
use crate::error::{Failure, Outcome};
use crate::wiring;

/// Which plan.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The plan's id, or its first characters
    #[arg(value_name = "PLAN")]
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) secrets: crate::commands::change::SecretFlags,
    #[command(flatten)]
    pub(crate) pacing: crate::commands::change::Pacing,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    if app.globals.dry_run {
        let plan = wiring::engine(app).await?.plan(&args.id).await?;
        return change::print_plan(app, &plan);
    }
    let (engine, _alone) = wiring::engine_alone(app).await?;
    let plan = engine.plan(&args.id).await?;
    let options = args.pacing.options(app)?;
    let connected = wiring::connect(app).await?;
    if connected.tenant != plan.tenant {
        return Err(Failure::usage(format!(
            "the plan is for {}, but the connection is to {}",
            plan.tenant, connected.tenant
        ))
        .hint("name the right tenant with --context"));
    }
    let tenant = connected.into_tenant(args.secrets.read()?);
    let finished = change::execute(app, &engine, &tenant, &plan, options).await?;
    change::print_finished(app, &plan.purpose, &finished, None)
}
