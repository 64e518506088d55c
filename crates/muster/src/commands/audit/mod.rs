//! The record of what was planned, approved and done.

mod list;
mod verify;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `audit`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List the record
    List(list::Args),
    /// Prove that nobody changed the record
    Verify(verify::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::List(args) => list::run(app, args).await,
        Verb::Verify(args) => verify::run(app, args).await,
    }
}
