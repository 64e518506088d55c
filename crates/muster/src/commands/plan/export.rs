//! `muster plan export`: a plan as a file, with rings, changes and preconditions beside its items.

use std::path::PathBuf;

use clap::Args as Arguments;
use muster_engine::Rings;

use crate::app::App;
use crate::commands::change;
use crate::error::{Exit, Outcome};
use crate::output::Format;
use crate::wiring;

/// Which plan, and where to.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The plan's id, or its first characters
    #[arg(value_name = "PLAN")]
    pub(crate) id: String,
    /// The file; stdout without it
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let plan = wiring::engine(app).await?.plan(&args.id).await?;
    match &args.file {
        Some(path) => {
            change::write_plan(&plan, path, &Rings::default())?;
            app.notes.line(format!("Plan:  {} (hash {})", path.display(), plan.hash));
            app.notes.line(format!("To take it in elsewhere:  muster plan import {}", path.display()));
        }
        None => {
            // A plan is a document, also on a terminal.
            app.printer.format = Format::Json;
            app.printer.document(&plan.to_document(&Rings::default()), String::new)?;
        }
    }
    Ok(Exit::Success)
}
