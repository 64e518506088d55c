//! `muster plan import`: takes a plan in that was made elsewhere.

use std::path::PathBuf;

use clap::Args as Arguments;
use muster_engine::Verdict;
use serde_json::json;

use super::named;
use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::wiring;

/// Which file.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// A file that `plan export` or `--plan-file` wrote
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let engine = wiring::engine(app).await?;
    let (plan, otherwise) = named::import(app, &engine, &args.file).await?;
    let document = json!({
        "schema": 1,
        "plan": plan.id,
        "hash": plan.hash,
        "decided_otherwise": otherwise,
        "verdict": plan.decision.verdict,
        "held": plan.count(Verdict::Hold),
    });
    app.printer.document(&document, || format!("Plan {} (hash {})\n", plan.id, plan.hash))?;
    app.notes.line(format!("To look at it:  muster plan show {}", plan.id));
    Ok(Exit::Success)
}
