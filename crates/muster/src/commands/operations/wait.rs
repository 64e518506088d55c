//! `muster operations wait`: a long-running operation of the tenant, watched until it ends.

use clap::Args as Arguments;

use muster_model::words::OperationStatus;

use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::wiring;

/// Which operation, and how long.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The operation's id
    #[arg(value_name = "ID")]
    pub(crate) id: String,
    /// Give up after this long
    #[arg(long, value_name = "DURATION", default_value = "30m", value_parser = crate::cli::duration)]
    pub(crate) timeout: std::time::Duration,
    /// Ask this often
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = crate::cli::duration)]
    pub(crate) every: std::time::Duration,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let client = wiring::connect(app).await?.client;
    let notes = app.notes;
    let told = std::sync::Mutex::new(None);
    let tell = |state: &muster_client::OperationState| {
        let Ok(mut told) = told.lock() else { return };
        if told.as_ref() != Some(state) {
            notes.line(format!("Operation status: {} ({}% complete)", state.status, state.progress));
            *told = Some(state.clone());
        }
    };
    let state = client.wait_operation(&args.id, args.timeout, args.every, &tell).await?;
    let failed = state.status == OperationStatus::Failed;
    let document = serde_json::json!({
        "schema": 1, "operation": args.id, "status": state.status, "progress": state.progress, "error": state.error,
    });
    app.printer.document(&document, || match &state.error {
        Some(error) if failed => format!("Operation failed: {error}\n"),
        _ => format!("Operation {}\n", state.status.as_str().to_lowercase()),
    })?;
    Ok(if failed { Exit::Partial } else { Exit::Success })
}
