//! `muster demo`: everything at once, against a UEM of its own.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

/// How large, and where to.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// Devices in the fleet
    #[arg(long, value_name = "N", default_value_t = 2000)]
    pub(crate) devices: u32,
    /// Folder for the reports
    #[arg(long, value_name = "DIR", default_value = "muster-demo")]
    pub(crate) out: std::path::PathBuf,
    /// Seed of the fleet: the same seed makes the same devices
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Leave the UEM running and say how to point muster at it
    #[arg(long)]
    pub(crate) keep_running: bool,
}

pub(crate) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
