//! The record of what was planned, approved and done.

mod checkpoint;
mod export;
mod list;
mod prove;
mod syslog;
mod verify;

use clap::Subcommand;

use crate::app::App;
use crate::error::Outcome;

/// Verbs of `audit`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// List the record
    List(list::Args),
    /// Prove that nobody changed the record: this one, an exported one, or a proof
    Verify(verify::Args),
    /// Write the record out, as JSON lines that can be verified or for a syslog
    Export(export::Args),
    /// Prove that an entry is in the record, or that the record has only grown
    Prove(prove::Args),
    /// Sign the record as it is, to be kept elsewhere
    Checkpoint(checkpoint::Args),
}

impl Verb {
    /// Whether it needs nothing of this machine.
    pub(crate) fn stands_alone(&self) -> bool {
        matches!(self, Self::Verify(args) if args.of_a_file())
    }
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::List(args) => list::run(app, args).await,
        Verb::Verify(args) => verify::run(app, args).await,
        Verb::Export(args) => export::run(app, args).await,
        Verb::Prove(args) => prove::run(app, args).await,
        Verb::Checkpoint(args) => checkpoint::run(app, args).await,
    }
}
