//! `muster context show`: one tenant, and where each value comes from.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

/// Which one.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The context's name [default: the one in use]
    pub(crate) name: Option<String>,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
