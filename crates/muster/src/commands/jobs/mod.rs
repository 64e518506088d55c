//! Jobs: plans that are being carried out, or were.

mod cancel;
mod list;
mod resume;
mod retry;
mod show;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `jobs`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List jobs
    List(list::Args),
    /// Show a job with the state of every item
    Show(show::Args),
    /// Go on with a job that was interrupted
    Resume(resume::Args),
    /// Give up what a job has not begun
    Cancel(cancel::Args),
    /// Try items of a job again
    Retry(retry::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::List(args) => list::run(app, args).await,
        Verb::Show(args) => show::run(app, args).await,
        Verb::Resume(args) => resume::run(app, args).await,
        Verb::Cancel(args) => cancel::run(app, args).await,
        Verb::Retry(args) => retry::run(app, args).await,
    }
}
