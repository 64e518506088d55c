//! Applications: assigning them, and watching them arrive.

mod deploy;
mod status;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `apps`.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Assign applications to smart groups and watch them arrive
    Deploy(deploy::Args),
    /// Show what became of an application on its devices
    Status(status::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, command: Command) -> Outcome {
    match command {
        Command::Deploy(args) => deploy::run(app, args).await,
        Command::Status(args) => status::run(app, args).await,
    }
}
