//! Plans: what would be done, and doing it.

mod apply;
mod diff;
mod export;
mod import;
mod list;
pub(crate) mod named;
mod page;
mod show;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `plan`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List plans
    List(list::Args),
    /// Show a plan with the verdict for every item
    Show(show::Args),
    /// Carry out a plan
    Apply(apply::Args),
    /// Write a plan as a file
    Export(export::Args),
    /// Take in a plan that was made elsewhere
    Import(import::Args),
    /// Tell two plans apart
    Diff(diff::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::List(args) => list::run(app, args).await,
        Verb::Show(args) => show::run(app, args).await,
        Verb::Apply(args) => apply::run(app, args).await,
        Verb::Export(args) => export::run(app, args).await,
        Verb::Import(args) => import::run(app, args).await,
        Verb::Diff(args) => diff::run(app, args).await,
    }
}

/// A plan's status as a word, and the job it became.
pub(super) fn state(status: &muster_engine::PlanStatus) -> (&'static str, Option<String>) {
    match status {
        muster_engine::PlanStatus::Proposed => ("proposed", None),
        muster_engine::PlanStatus::Applied { job } => ("applied", Some(job.to_string())),
        muster_engine::PlanStatus::Expired => ("expired", None),
    }
}
