//! `muster apps deploy`: assigns applications to smart groups and watches them arrive.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

const EXAMPLES: &str = r#"Examples:
  muster apps deploy --app "Google Chrome" --smart-group "All Devices" --wait 5m --retry-failed
  muster apps deploy --file deployments.yaml -n"#;

/// What, to whom, and how long to watch.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The application's name
    #[arg(long, value_name = "NAME", requires = "smart_group", required_unless_present = "file")]
    pub(crate) app: Option<String>,
    /// The smart group's name; may be given several times
    #[arg(long, value_name = "NAME", requires = "app")]
    pub(crate) smart_group: Vec<String>,
    /// Auto installs at once, OnDemand lets people choose
    #[arg(long, value_name = "MODE", visible_alias = "assignment-type", requires = "app")]
    pub(crate) push_mode: Option<String>,
    /// Several deployments from a YAML file
    #[arg(long, value_name = "FILE", conflicts_with = "app")]
    pub(crate) file: Option<std::path::PathBuf>,
    /// Watch until every device has settled, at most this long
    #[arg(long, value_name = "DURATION", value_parser = crate::cli::duration)]
    pub(crate) wait: Option<std::time::Duration>,
    /// Install again on devices where it failed
    #[arg(long)]
    pub(crate) retry_failed: bool,
    #[command(flatten)]
    pub(crate) pacing: crate::commands::change::Pacing,
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
