//! Applications: assigning them, and watching them arrive.

mod deploy;
mod status;
mod unassign;

use clap::Subcommand;

use crate::app::App;
use crate::commands::devices::verbs::{self, AppOn, OnDevices};
use crate::error::Outcome;

/// Verbs of `apps`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Assign applications to smart groups and watch them arrive
    Deploy(deploy::Args),
    /// Show what became of an application on its devices
    Status(status::Args),
    /// Push an assigned application to devices again
    Install(OnDevices<AppOn<true>>),
    /// Take an application off devices
    Remove(OnDevices<AppOn<false>>),
    /// Take an application away from smart groups, and so from their devices
    Unassign(unassign::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Deploy(args) => deploy::run(app, args).await,
        Verb::Status(args) => status::run(app, args).await,
        Verb::Install(args) => verbs::run(app, args).await,
        Verb::Remove(args) => verbs::run(app, args).await,
        Verb::Unassign(args) => unassign::run(app, args).await,
    }
}
