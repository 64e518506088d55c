//! Who may approve: public keys with roles, each vouched for by one who was there before.

mod add;
mod list;
mod remove;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `approvers`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Add an approver, whom you vouch for; the first one vouches for itself
    Add(add::Args),
    /// List approvers
    List(list::Args),
    /// End an approver's entry
    Remove(remove::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Add(args) => add::run(app, args).await,
        Verb::List(args) => list::run(app, args).await,
        Verb::Remove(args) => remove::run(app, args).await,
    }
}
