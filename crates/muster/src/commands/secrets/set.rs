//! `muster secrets set`: puts a secret where a reference says. The value never stands on the command line, where
//! other processes and the shell's history see it.

use std::time::Duration;

use clap::Args as Arguments;
use jiff::{SignedDuration, Timestamp};
use muster_store::{Clock as _, SystemClock};
use secrecy::{ExposeSecret as _, SecretString};

use crate::app::App;
use crate::error::{Exit, Failure, Outcome};
use crate::secrets::{Ledger, Reference};
use crate::{input, prompt, secrets};

const EXAMPLES: &str = "\
Examples:
  muster secrets set keyring:muster/prod                      asks for it
  pass show uem/key | muster secrets set sealed:uem.sealed#key
  muster secrets set azure-key-vault:fleet/uem-key --expires-in 2160h <key.txt";

/// Where to.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// file:PATH, keyring:SERVICE/USER, sealed:PATH#NAME, vault:PATH#FIELD or azure-key-vault:VAULT/NAME
    #[arg(value_name = "REF")]
    pub(crate) reference: String,
    /// How long it is good, where the place remembers that
    #[arg(long, value_name = "DURATION", value_parser = crate::cli::duration)]
    pub(crate) expires_in: Option<Duration>,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let reference = Reference::parse(&args.reference)?;
    if !reference.keeps() {
        return Err(secrets::cannot_keep(&args.reference));
    }
    let expires_at = args.expires_in.map(later).transpose()?;
    if expires_at.is_some() && !matches!(reference, Reference::Sealed { .. } | Reference::AzureKeyVault(_)) {
        return Err(Failure::usage(format!("{}: does not remember until when a secret is good", reference.kind()))
            .hint("leave --expires-in out"));
    }
    let secret = given(app).await?;
    secrets::store(&args.reference, &secret, expires_at, &app.surroundings()).await?;
    // What cannot be read back would be missed when it is needed.
    let kept = secrets::resolve(&args.reference, &app.surroundings()).await?;
    if kept.expose_secret() != secret.expose_secret() {
        return Err(Failure::internal(format!("{} gives back something else than was put there", args.reference)));
    }
    let mut ledger = Ledger::read(&app.places()?.state);
    ledger.changed(&args.reference, SystemClock.now(), expires_at);
    ledger.write()?;
    app.notes.line(format!("{} holds the secret", args.reference));
    Ok(Exit::Success)
}

/// The secret, typed in or read from stdin, without the line end.
pub(super) async fn given(app: &App) -> Result<SecretString, Failure> {
    if app.surroundings().ask {
        let secret = prompt::hidden(String::from("Secret: ")).await?;
        if secret.expose_secret().is_empty() {
            return Err(Failure::usage("nothing was typed"));
        }
        return Ok(secret);
    }
    input::read_secret()
}

/// The moment after so long.
pub(crate) fn later(after: Duration) -> Result<Timestamp, Failure> {
    SignedDuration::try_from(after)
        .ok()
        .and_then(|after| SystemClock.now().checked_add(after).ok())
        .ok_or_else(|| Failure::usage("that is too long"))
}
