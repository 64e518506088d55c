//! `muster keys new`: makes a key and puts its secret half where a reference says.

use clap::Args as Arguments;
use muster_engine::SigningKey;
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::app::App;
use crate::error::{Exit, Failure, Outcome};
use crate::secrets::{self, Reference};

const EXAMPLES: &str = "\
Examples:
  muster keys new grace --to keyring:muster/grace
  muster keys new grace --to sealed:grace.sealed#key";

/// Whose, and where.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The name that its signatures carry
    #[arg(value_name = "NAME")]
    pub(crate) name: String,
    /// Where its secret half is kept
    #[arg(long, value_name = "REF")]
    pub(crate) to: String,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    if !Reference::parse(&args.to)?.keeps() {
        return Err(secrets::cannot_keep(&args.to));
    }
    let key = SigningKey::generate(&args.name)?;
    // What a lost key has signed cannot be proven any more: none is written over.
    if secrets::resolve(&args.to, &app.surroundings()).await.is_ok() {
        return Err(Failure::new(Exit::Refused, "E_KEY_EXISTS", format!("{} holds a secret already", args.to))
            .hint("name another place, or take that one away with muster secrets remove"));
    }
    let secret = key.to_secret();
    secrets::store(&args.to, &secret, None, &app.surroundings()).await?;
    let kept = secrets::resolve(&args.to, &app.surroundings()).await?;
    if kept.expose_secret() != secret.expose_secret() {
        return Err(Failure::internal(format!("{} gives back something else than was put there", args.to)));
    }
    let public = key.public().to_string();
    app.printer.standard(&json!({ "schema": 1, "name": args.name, "public_key": public }), || format!("{public}\n"))?;
    app.notes.line(format!("{} holds the secret half. To let it approve:  muster approvers add {public}", args.to));
    Ok(Exit::Success)
}
