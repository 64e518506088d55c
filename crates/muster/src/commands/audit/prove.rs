//! `muster audit prove`: a proof that stands alone.

use std::path::PathBuf;

use clap::Args as Arguments;
use muster_engine::Checkpoint;
use serde_json::json;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::{input, wiring};

/// What to prove.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// Number of the entry
    #[arg(value_name = "NUMBER", required_unless_present = "since")]
    pub(crate) number: Option<u64>,
    /// Prove that the record has only grown since this checkpoint
    #[arg(long, value_name = "FILE", conflicts_with = "number")]
    pub(crate) since: Option<PathBuf>,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let engine = wiring::engine_that_signs(app).await?;
    engine.checkpoint().await?;
    let proof = match (args.number, &args.since) {
        (Some(number), _) => engine.prove(number).await?,
        (None, Some(path)) => engine.prove_growth(&Checkpoint::parse(&input::read_text(path)?)?).await?,
        (None, None) => String::new(),
    };
    app.printer.standard(&json!({ "schema": 1, "proof": proof }), || proof.clone())?;
    app.notes.line("To verify it:  muster audit verify --proof FILE --key PUBLIC_KEY");
    Ok(Exit::Success)
}
