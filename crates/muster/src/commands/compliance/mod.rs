//! Compliance of the fleet: what is wrong, and what is done about it.

mod remediate;
mod report;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `compliance`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Report devices that break a compliance policy
    Report(report::Args),
    /// Send each non-compliant device the command that its broken rules call for
    Remediate(remediate::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, command: Command) -> Outcome {
    match command {
        Command::Report(args) => report::run(app, args).await,
        Command::Remediate(args) => remediate::run(app, args).await,
    }
}
