//! `muster jobs show`: a job with the state of every item.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

/// Which job.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The job's id, or its first characters
    #[arg(value_name = "JOB")]
    pub(crate) id: String,
    /// Only items in this state: done, failed, unknown, skipped, held, pending or cancelled
    #[arg(long, value_name = "STATE")]
    pub(crate) only: Option<String>,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
