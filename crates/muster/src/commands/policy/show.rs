//! `muster policy show`: the policy in effect, as it would stand in a file.

use clap::Args as Arguments;
use serde_json::json;

use crate::app::App;
use crate::config::PolicyFile;
use crate::error::{Exit, Failure, Outcome};

/// No arguments.
#[derive(Debug, Arguments)]
pub(crate) struct Args {}

pub(super) async fn run(app: &mut App, _args: Args) -> Outcome {
    let found = PolicyFile::find(app)?;
    let origin = found.origin();
    let text = toml_edit::ser::to_string_pretty(&found.policy)
        .map_err(|error| Failure::internal("cannot write the policy").because(error.to_string()))?;
    let document = json!({"schema": 1, "from": found.path, "policy": found.policy});
    app.printer.standard(&document, || text)?;
    app.notes.line(format!("The policy comes from {origin}."));
    if found.path.is_none() {
        app.notes.line("To begin one of your own:  muster policy show > muster.policy.toml");
    }
    for cap in &found.policy.caps {
        app.notes.line(format!("Cap: {cap}"));
    }
    Ok(Exit::Success)
}
