//! `muster devices command`: one command to many devices, through plan, guard and journal.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

const EXAMPLES: &str = "\
Examples:
  muster devices command SyncDevice --platform WinRT --limit 5
  muster devices command DeviceLock --serial C02XG2JHJGH5 --yes
  muster devices command SoftReset --from-file serials.txt --batch-size 50 --pause 30s --stop-after 5%";

/// What and to whom.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The command, such as SyncDevice or DeviceLock
    pub(crate) name: String,
    /// A parameter of the command; may be given several times
    #[arg(long = "parameter", value_name = "KEY=VALUE")]
    pub(crate) parameters: Vec<String>,
    #[command(flatten)]
    pub(crate) targets: super::targets::TargetFlags,
    #[command(flatten)]
    pub(crate) pacing: crate::commands::change::Pacing,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
