//! `muster doctor`: the way to the tenant, tested step by step.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

/// No arguments: the tenant comes from the context.
#[derive(Debug, Arguments)]
pub(crate) struct Args {}

pub(crate) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
