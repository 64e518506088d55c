//! `muster operations wait`: a long-running operation of the tenant, watched until it ends.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

/// Which operation, and how long.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The operation's id
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Give up after this long
    #[arg(long, value_name = "DURATION", default_value = "30m", value_parser = crate::cli::duration)]
    pub(crate) timeout: std::time::Duration,
    /// Ask this often
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = crate::cli::duration)]
    pub(crate) every: std::time::Duration,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
