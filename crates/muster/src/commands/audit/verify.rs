//! `muster audit verify`: proves that nobody changed the record.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::wiring;

/// No arguments.
#[derive(Debug, Arguments)]
pub(crate) struct Args {}

pub(super) async fn run(app: &mut App, _args: Args) -> Outcome {
    let state = wiring::engine(app).await?.verify_audit().await?;
    app.printer
        .document(&state, || format!("The chain of {} records holds; its head is {}\n", state.records, state.head))?;
    Ok(Exit::Success)
}
