//! `muster plan show`: every item with its verdict and the reasons for it.

use std::path::PathBuf;

use clap::Args as Arguments;

use super::{named, page};
use crate::app::App;
use crate::commands::change;
use crate::error::Outcome;

/// Which plan.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The plan's id, its first characters, or a file
    #[arg(value_name = "PLAN")]
    pub(crate) id: String,
    /// Also write it as one HTML page that needs nothing else
    #[arg(long, value_name = "FILE")]
    pub(crate) html: Option<PathBuf>,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let plan = named::either(app, &args.id).await?;
    if let Some(path) = &args.html {
        page::write(&plan, path)?;
        app.notes.line(format!("Page:   {}", path.display()));
    }
    change::print_plan(app, &plan, &change::View::default())
}
