//! `muster uem backup`: everything of a UEM in one file, while it runs.

use std::path::PathBuf;

use clap::Args as Arguments;
use serde_json::json;

use super::place::Place;
use crate::app::App;
use crate::error::{Exit, Outcome};

const EXAMPLES: &str = "\
Example:
  muster uem backup monday.backup --data uem";

/// Which UEM, and where to.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// File to write (mode 0600: it holds the credentials)
    #[arg(value_name = "FILE")]
    pub(crate) to: PathBuf,
    #[command(flatten)]
    pub(crate) place: Place,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let data = args.place.data(app).await?;
    let contents = muster_uem::backup(&data, &args.to).await?;
    app.printer.document(&json!({"file": args.to, "tables": contents.tables, "rows": contents.rows}), || {
        format!("Wrote {} rows of {} tables to {}\n", contents.rows, contents.tables, args.to.display())
    })?;
    Ok(Exit::Success)
}
