//! Enrollment users.

mod provision;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `users`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Create and update users and their group memberships from a CSV file
    Provision(provision::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Provision(args) => provision::run(app, args).await,
    }
}
