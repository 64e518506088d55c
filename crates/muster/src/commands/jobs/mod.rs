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
pub(crate) enum Command {
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
pub(super) async fn run(app: &mut App, command: Command) -> Outcome {
    match command {
        Command::List(args) => list::run(app, args).await,
        Command::Show(args) => show::run(app, args).await,
        Command::Resume(args) => resume::run(app, args).await,
        Command::Cancel(args) => cancel::run(app, args).await,
        Command::Retry(args) => retry::run(app, args).await,
    }
}
