//! `muster secrets remove`: takes a secret away from where a reference says.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::secrets::{Ledger, Reference};
use crate::{prompt, secrets};

/// Which one.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// file:PATH, keyring:SERVICE/USER, sealed:PATH#NAME, vault:PATH#FIELD or azure-key-vault:VAULT/NAME
    #[arg(value_name = "REF")]
    pub(crate) reference: String,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    if !Reference::parse(&args.reference)?.keeps() {
        return Err(secrets::cannot_keep(&args.reference));
    }
    prompt::confirm(app, &format!("Remove the secret at {}?", args.reference)).await?;
    secrets::forget(&args.reference, &app.surroundings()).await?;
    let mut ledger = Ledger::read(&app.places()?.state);
    ledger.forget(&args.reference);
    ledger.write()?;
    app.notes.line(format!("{} holds no secret", args.reference));
    Ok(Exit::Success)
}
