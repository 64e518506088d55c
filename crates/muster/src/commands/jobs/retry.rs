//! `muster jobs retry`: tries items of a job again.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

/// Which job and which items.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The job's id, or its first characters
    #[arg(value_name = "JOB")]
    pub(crate) id: String,
    /// Which items: failed, unknown, held or skipped
    #[arg(long, value_name = "STATE", value_enum)]
    pub(crate) only: Only,
    #[command(flatten)]
    pub(crate) secrets: crate::commands::change::SecretFlags,
    #[command(flatten)]
    pub(crate) pacing: crate::commands::change::Pacing,
}

/// Which items of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Only {
    Failed,
    Unknown,
    Held,
    Skipped,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
