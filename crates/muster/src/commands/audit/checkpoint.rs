//! `muster audit checkpoint`: signs the head of the record.

use clap::Args as Arguments;
use serde_json::json;

use crate::app::App;
use crate::error::{Exit, Failure, Outcome};
use crate::wiring;

/// What to show.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// Show the public key that checkpoints are verified with
    #[arg(long)]
    pub(crate) key: bool,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let engine = wiring::engine_that_signs(app).await?;
    let checkpoint = engine.checkpoint().await?.ok_or_else(|| Failure::internal("there is no key to sign with"))?;
    let signed = engine.checkpoints(checkpoint.size()).await?;
    let verifier = signed.first().map(|(_, verifier)| verifier.to_string()).unwrap_or_default();
    let document = json!({
        "schema": 1, "origin": checkpoint.origin(), "size": checkpoint.size(), "checkpoint": checkpoint.text(),
        "public_key": verifier,
    });
    app.printer.standard(
        &document,
        || {
            if args.key { format!("{verifier}\n") } else { checkpoint.text().to_owned() }
        },
    )?;
    Ok(Exit::Success)
}
