//! Devices: reading them, and bulk changes to them.

mod command;
mod search;
mod show;
mod tag;
pub(crate) mod targets;
pub(crate) mod verbs;

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
    /// Give devices another name
    Rename(verbs::OnDevices<verbs::Rename>),
    /// Set name, asset number, ownership and custom attributes of devices
    Set(verbs::OnDevices<verbs::Set>),
    /// Move devices to another organization group
    Move(verbs::OnDevices<verbs::Move>),
    /// Tell the users of devices something
    Message(verbs::OnDevices<verbs::Message>),
    /// Have devices update their operating system
    Update(verbs::OnDevices<verbs::Update>),
    /// Delete the records of devices that were wiped or unenrolled
    Delete(verbs::OnDevices<verbs::Delete>),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Search(args) => search::run(app, args).await,
        Verb::Show(args) => show::run(app, args).await,
        Verb::Command(args) => command::run(app, args).await,
        Verb::Tag(args) => tag::run(app, args).await,
        Verb::Rename(args) => verbs::run(app, args).await,
        Verb::Set(args) => verbs::run(app, args).await,
        Verb::Move(args) => verbs::run(app, args).await,
        Verb::Message(args) => verbs::run(app, args).await,
        Verb::Update(args) => verbs::run(app, args).await,
        Verb::Delete(args) => verbs::run(app, args).await,
    }
}
