//! A UEM of our own, for rehearsals and tests.

pub(crate) mod admin;
mod backup;
mod coverage;
mod export;
mod place;
mod restore;
mod serve;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `uem`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Serve a UEM with a living fleet
    Serve(serve::Args),
    /// Say who may call it, and how, while it is stopped
    #[command(subcommand)]
    Admin(admin::Noun),
    /// Show how much of the published API it has
    Coverage(coverage::Args),
    /// Write the API for other tools
    #[command(subcommand)]
    Export(export::What),
    /// Write everything of a UEM into one file, while it runs
    Backup(backup::Args),
    /// Make a UEM from a backup, where there is none yet
    Restore(restore::Args),
}

impl Verb {
    /// Whether it only shows rows, which a report may hold too.
    pub(super) fn lists(&self) -> bool {
        matches!(self, Self::Admin(noun) if noun.lists())
    }
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Serve(args) => serve::run(app, args).await,
        Verb::Admin(noun) => admin::run(app, noun).await,
        Verb::Coverage(args) => coverage::run(app, &args),
        Verb::Export(what) => export::run(app, what),
        Verb::Backup(args) => backup::run(app, args).await,
        Verb::Restore(args) => restore::run(app, args).await,
    }
}
