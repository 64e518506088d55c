//! `muster devices tag`: adds tags to devices and takes tags away.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

const EXAMPLES: &str = "\
Examples:
  muster devices tag --add BulkManaged,APIControlled --platform WinRT
  muster devices tag --remove Loaner --from-file returned.csv";

/// Which tags and which devices.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A tag to add; may be given several times
    #[arg(long, value_name = "TAG", required_unless_present = "remove", value_delimiter = ',')]
    pub(crate) add: Vec<String>,
    /// A tag to take away; may be given several times
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub(crate) remove: Vec<String>,
    #[command(flatten)]
    pub(crate) targets: super::targets::TargetFlags,
    #[command(flatten)]
    pub(crate) pacing: crate::commands::change::Pacing,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
