//! `muster jobs cancel`: gives up what a job has not begun.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

/// Which job.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The job's id, or its first characters
    #[arg(value_name = "JOB")]
    pub(crate) id: String,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
