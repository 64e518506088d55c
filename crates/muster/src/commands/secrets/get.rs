//! `muster secrets get`: whether a reference leads to a secret. The secret itself only with `--reveal`.

use clap::Args as Arguments;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::secrets;

const EXAMPLES: &str = "\
Examples:
  muster secrets get vault:secret/uem/prod#tenant_code
  muster secrets get keyring:muster/prod --reveal | wc -c";

/// Which one.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A reference: env:NAME, file:PATH, exec:COMMAND, keyring:, sealed:, vault: or azure-key-vault:
    #[arg(value_name = "REF")]
    pub(crate) reference: String,
    /// Write the secret to stdout, alone
    #[arg(long)]
    pub(crate) reveal: bool,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let found = secrets::look(&args.reference, &app.surroundings()).await?;
    if args.reveal {
        app.printer.text(&format!("{}\n", found.secret.expose_secret()))?;
        return Ok(Exit::Success);
    }
    let characters = found.secret.expose_secret().chars().count();
    let document = json!({
        "reference": args.reference,
        "characters": characters,
        "changed_at": found.facts.changed_at,
        "expires_at": found.facts.expires_at,
    });
    app.printer.document(&document, || {
        let since = found.facts.changed_at.map(|moment| format!(", there since {moment:.0}")).unwrap_or_default();
        let until = found.facts.expires_at.map(|moment| format!(", good until {moment:.0}")).unwrap_or_default();
        format!("{} leads to a secret of {characters} characters{since}{until}\n--reveal shows it\n", args.reference)
    })?;
    Ok(Exit::Success)
}
