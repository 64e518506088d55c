//! `muster context list`.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

/// No arguments.
#[derive(Debug, Arguments)]
pub(crate) struct Args {}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
