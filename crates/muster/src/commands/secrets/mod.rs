//! Secrets by reference, from both sides: put somewhere, looked at, tested, replaced.

mod get;
mod remove;
mod set;

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
    /// Take a secret away from where a reference says
    Remove(remove::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Set(args) => set::run(app, args).await,
        Verb::Get(args) => get::run(app, args).await,
        Verb::Remove(args) => remove::run(app, args).await,
    }
}
