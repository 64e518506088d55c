//! Profiles on devices.

use clap::Subcommand;

use crate::app::App;
use crate::commands::devices::verbs::{self, OnDevices, Profile};
use crate::error::Outcome;

/// Verbs of `profiles`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Install an assigned profile on devices
    Install(OnDevices<Profile<true>>),
    /// Take a profile off devices
    Remove(OnDevices<Profile<false>>),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Install(args) => verbs::run(app, args).await,
        Verb::Remove(args) => verbs::run(app, args).await,
    }
}
