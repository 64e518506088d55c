//! `muster audit list`.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

/// How much.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// Only the latest N records
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
