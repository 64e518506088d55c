//! `muster devices show`: one device with tags, compliance and latest commands.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

/// Which device.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The device's id or serial number
    #[arg(value_name = "ID|SERIAL")]
    pub(crate) device: String,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
