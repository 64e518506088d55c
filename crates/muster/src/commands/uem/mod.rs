//! A UEM of our own, for rehearsals and tests.

mod serve;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `uem`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Serve a UEM with a living fleet
    Serve(serve::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Serve(args) => serve::run(app, args).await,
    }
}
