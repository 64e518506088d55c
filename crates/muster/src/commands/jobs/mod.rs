//! Jobs: plans that are being carried out, or were.

mod cancel;
mod list;
mod proceed;
mod prove;
mod prune;
mod resume;
mod retry;
mod show;
mod undo;
mod watch;

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
    /// See how far a job has come that another process carries out
    Watch(watch::Args),
    /// Go on with a job that was interrupted
    Resume(resume::Args),
    /// Let the next ring begin although its gate holds it
    Continue(proceed::Args),
    /// Give a job up and take back what it did
    Rollback(undo::Args),
    /// Take back what a job did
    Undo(undo::Args),
    /// Look how far what was accepted has come: delivered, executed, verified
    Prove(prove::Args),
    /// Give up what a job has not begun
    Cancel(cancel::Args),
    /// Try items of a job again
    Retry(retry::Args),
    /// Forget jobs that came to their end long ago
    Prune(prune::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::List(args) => list::run(app, args).await,
        Verb::Show(args) => show::run(app, args).await,
        Verb::Watch(args) => watch::run(app, args).await,
        Verb::Resume(args) => resume::run(app, args).await,
        Verb::Continue(args) => proceed::run(app, args).await,
        Verb::Rollback(args) => undo::run(app, args, true).await,
        Verb::Undo(args) => undo::run(app, args, false).await,
        Verb::Prove(args) => prove::run(app, args).await,
        Verb::Prune(args) => prune::run(app, args).await,
        Verb::Cancel(args) => cancel::run(app, args).await,
        Verb::Retry(args) => retry::run(app, args).await,
    }
}
