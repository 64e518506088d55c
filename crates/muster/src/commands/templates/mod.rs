//! Templates: what automation may do without being asked each time, signed beforehand and used up within bounds.

mod add;
mod list;
mod revoke;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `templates`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Sign a template
    Add(add::Args),
    /// List templates, with what is left of each
    List(list::Args),
    /// Take a template back
    Revoke(revoke::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Add(args) => add::run(app, args).await,
        Verb::List(args) => list::run(app, args).await,
        Verb::Revoke(args) => revoke::run(app, args).await,
    }
}
