//! `muster context remove`.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

/// Which one.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The context's name
    pub(crate) name: String,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
