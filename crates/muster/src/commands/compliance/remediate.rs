//! `muster compliance remediate`: the rule table applied to every non-compliant device.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

/// By which rules.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// Rules of your own (YAML) instead of the built-in ladder
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<std::path::PathBuf>,
    #[command(flatten)]
    pub(crate) pacing: crate::commands::change::Pacing,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
