//! Keys that sign: approvals of plans, and checkpoints of the record. The secret half is a secret like every other
//! and lies where a reference says.

mod new;
mod show;

use clap::{Args, Subcommand};
use muster_engine::SigningKey;

use crate::app::App;
use crate::error::{Failure, Outcome};

/// Verbs of `keys`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Make a key, and show its public half
    New(new::Args),
    /// Show the public half of a key
    Show(show::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::New(args) => new::run(app, args).await,
        Verb::Show(args) => show::run(app, args).await,
    }
}

/// Whose signature it is.
#[derive(Debug, Clone, Args)]
pub(crate) struct KeyFlag {
    /// Where your signing key is [env: MUSTER_APPROVER_KEY]
    #[arg(long, value_name = "REF")]
    pub(crate) key: Option<String>,
}

impl KeyFlag {
    /// Reads the key: by the flag, the environment, or the configuration.
    pub(crate) async fn read(&self, app: &App) -> Result<SigningKey, Failure> {
        let reference = self.key.clone().or_else(|| app.environment.get("MUSTER_APPROVER_KEY"));
        let reference = reference.or_else(|| app.file.approvals.key.clone()).ok_or_else(|| {
            Failure::usage("this needs a signature, and no key is named")
                .because("whatever is held waits for the signature of a person who did not ask for it")
                .hint("--key REF, MUSTER_APPROVER_KEY, or `key` below [approvals] in the configuration; muster keys new NAME --to REF makes one")
        })?;
        Ok(SigningKey::from_secret(&app.secret(&reference).await?)?)
    }
}
