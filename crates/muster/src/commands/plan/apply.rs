//! `muster plan apply`: carries out a stored plan.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

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

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
