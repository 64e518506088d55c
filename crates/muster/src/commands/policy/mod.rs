//! The guard's policy: what is in effect, whether a file can be used, and what it says to a plan.

mod check;
mod explain;
mod show;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `policy`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Show the policy in effect, and where it comes from
    Show(show::Args),
    /// Check a policy file without using it
    Check(check::Args),
    /// Say what would happen to a plan now, rule by rule, and why
    Explain(explain::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Show(args) => show::run(app, args).await,
        Verb::Check(args) => check::run(app, args).await,
        Verb::Explain(args) => explain::run(app, args).await,
    }
}
