//! `muster uem restore`: a UEM from a backup, where there is none yet.

use std::path::PathBuf;

use clap::Args as Arguments;
use serde_json::json;

use super::place::Place;
use crate::app::App;
use crate::error::{Exit, Outcome};

const EXAMPLES: &str = "\
Example:
  muster uem restore monday.backup --data uem-again
  muster uem serve --data uem-again";

/// From which file, and where to.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// File of `muster uem backup`
    #[arg(value_name = "FILE")]
    pub(crate) from: PathBuf,
    #[command(flatten)]
    pub(crate) place: Place,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let data = args.place.data(app).await?;
    let contents = muster_uem::restore(&args.from, &data).await?;
    app.printer.document(&json!({"file": args.from, "tables": contents.tables, "rows": contents.rows}), || {
        let place = args.place.data.display();
        format!("Restored {} rows of {} tables to {place}\n", contents.rows, contents.tables)
    })?;
    Ok(Exit::Success)
}
