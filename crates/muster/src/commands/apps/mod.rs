//! Applications: assigning them, and watching them arrive.

mod deploy;
mod status;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `apps`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Assign applications to smart groups and watch them arrive
    Deploy(deploy::Args),
    /// Show what became of an application on its devices
    Status(status::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Deploy(args) => deploy::run(app, args).await,
        Verb::Status(args) => status::run(app, args).await,
    }
}
