//! Secrets by reference, from both sides: put somewhere, looked at, tested, replaced.

mod check;
mod get;
mod inventory;
mod list;
mod remove;
mod rotate;
mod set;

pub(crate) use rotate::due;
pub(crate) use set::later;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `secrets`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Put a secret where a reference says; it is typed in or read from stdin
    Set(set::Args),
    /// Look whether a reference leads to a secret; shows it only if asked to
    Get(get::Args),
    /// List the references in use, with the age of their secrets
    List(list::Args),
    /// Test every reference in use, and whether the tenant takes its secret
    Check(check::Args),
    /// Replace the API key of a context, without a moment in which none opens
    Rotate(rotate::Args),
    /// Take a secret away from where a reference says
    Remove(remove::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Set(args) => set::run(app, args).await,
        Verb::Get(args) => get::run(app, args).await,
        Verb::List(args) => list::run(app, args).await,
        Verb::Check(args) => check::run(app, args).await,
        Verb::Rotate(args) => rotate::run(app, args).await,
        Verb::Remove(args) => remove::run(app, args).await,
    }
}
