//! `muster users provision`: users and group memberships as a CSV file has them.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

const EXAMPLES: &str = "\
Examples:
  muster users provision --sample users.csv
  muster users provision users.csv -n
  muster users provision users.csv --yes --report result.html";

/// The file.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// CSV with Username, FirstName, LastName, Email, Groups, …; `-` reads stdin
    #[arg(value_name = "FILE", required_unless_present = "sample")]
    pub(crate) file: Option<std::path::PathBuf>,
    /// Write a sample file to start from, and stop
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    pub(crate) sample: Option<std::path::PathBuf>,
    #[command(flatten)]
    pub(crate) pacing: crate::commands::change::Pacing,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
