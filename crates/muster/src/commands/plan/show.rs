//! `muster plan show`: every item with its verdict and the reasons for it.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

/// Which plan.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The plan's id, or its first characters
    #[arg(value_name = "PLAN")]
    pub(crate) id: String,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
