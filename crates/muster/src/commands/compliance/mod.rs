//! Compliance of the fleet: what is wrong, and what is done about it.

mod remediate;
mod report;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `compliance`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Report devices that break a compliance policy
    Report(report::Args),
    /// Send each non-compliant device the command that its broken rules call for
    Remediate(remediate::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Report(args) => report::run(app, args).await,
        Verb::Remediate(args) => remediate::run(app, args).await,
    }
}
