//! `muster state check`: the salvage of a state into nothing.

use std::sync::Arc;

use clap::Args as Arguments;
use muster_engine::Engine;
use muster_store::SystemClock;

use crate::app::App;
use crate::error::{Exit, Failure, Outcome};
use crate::wiring;

/// Nothing to say.
#[derive(Debug, Arguments)]
pub(crate) struct Args {}

pub(super) async fn run(app: &mut App, _args: Args) -> Outcome {
    let (path, mut wreck, _lock) = super::found(app)?;
    let database = wiring::new_state("sqlite::memory:").await?;
    let found = Engine::salvage(&mut wreck, database, Arc::new(SystemClock), &app.person()).await?;
    app.printer.document(&found, || super::text(&path, &found))?;
    if found.damaged {
        let what = format!("{} is damaged", path.display());
        return Err(Failure::new(Exit::General, "E_STATE_DAMAGED", what).hint(crate::error::SALVAGE));
    }
    Ok(Exit::Success)
}
