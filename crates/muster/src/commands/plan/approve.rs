//! `muster plan approve`: signs exactly the plan that was shown.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

/// Which plan, and why.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The plan's id, or its first characters
    #[arg(value_name = "PLAN")]
    pub(crate) id: String,
    /// Why it is approved, for the record
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub(crate) note: String,
    /// The number of devices held back, typed as proof of attention
    #[arg(long, value_name = "N")]
    pub(crate) confirm: Option<String>,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
