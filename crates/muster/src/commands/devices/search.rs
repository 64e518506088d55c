//! `muster devices search`.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

const EXAMPLES: &str = "\
Examples:
  muster devices search --platform WinRT
  muster devices search --platform Apple --ownership C --limit 20 -o csv";

/// Which devices.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) filter: super::targets::FilterFlags,
    /// At most this many rows
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
