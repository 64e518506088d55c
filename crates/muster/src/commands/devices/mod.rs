//! Devices: reading them, and bulk changes to them.

mod command;
mod search;
mod show;
mod tag;
pub(crate) mod targets;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `devices`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List devices
    Search(search::Args),
    /// Show one device
    Show(show::Args),
    /// Send a command to devices
    Command(command::Args),
    /// Add tags to devices, or take tags away
    Tag(tag::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Search(args) => search::run(app, args).await,
        Verb::Show(args) => show::run(app, args).await,
        Verb::Command(args) => command::run(app, args).await,
        Verb::Tag(args) => tag::run(app, args).await,
    }
}
