//! Enrollment users.

mod provision;
mod verbs;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `users`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Create and update users and their group memberships from a CSV file
    Provision(provision::Args),
    /// Make users active
    Activate(verbs::OfUsers),
    /// Make users inactive
    Deactivate(verbs::OfUsers),
    /// Delete users who have no devices
    Delete(verbs::OfUsers),
    /// Put users into a user group
    Join(verbs::InGroup),
    /// Take users out of a user group
    Leave(verbs::InGroup),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Provision(args) => provision::run(app, args).await,
        Verb::Activate(args) => verbs::run(app, args, verbs::Deed::Activate).await,
        Verb::Deactivate(args) => verbs::run(app, args, verbs::Deed::Deactivate).await,
        Verb::Delete(args) => verbs::run(app, args, verbs::Deed::Delete).await,
        Verb::Join(args) => verbs::membership(app, args, true).await,
        Verb::Leave(args) => verbs::membership(app, args, false).await,
    }
}
