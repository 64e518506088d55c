//! `muster plan show`: every item with its verdict and the reasons for it.

use clap::Args as Arguments;

use crate::app::App;
use crate::commands::change;
use crate::error::Outcome;
use crate::wiring;

/// Which plan.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The plan's id, or its first characters
    #[arg(value_name = "PLAN")]
    pub(crate) id: String,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let plan = wiring::engine(app).await?.plan(&args.id).await?;
    change::print_plan(app, &plan)
}
