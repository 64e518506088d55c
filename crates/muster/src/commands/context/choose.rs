//! `muster context use`: the tenant that is meant when none is named.

use clap::Args as Arguments;

use crate::app::App;
use crate::config;
use crate::error::{Exit, Outcome};

/// Which one.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The context's name
    pub(crate) name: String,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let entry = config::entry(&app.file, &args.name)?;
    config::edit(&app.places()?.config_file, |document| config::put_current(document, Some(&args.name)))?;
    app.notes.line(format!("Current context: {} ({})", args.name, entry.url));
    Ok(Exit::Success)
}
