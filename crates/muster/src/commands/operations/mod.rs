//! Long-running operations of the tenant.

mod wait;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `operations`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Wait until an operation has ended
    Wait(wait::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Wait(args) => wait::run(app, args).await,
    }
}
