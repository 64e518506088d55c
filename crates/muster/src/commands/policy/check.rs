//! `muster policy check`: whether a file is a policy that can be used.

use std::path::PathBuf;

use clap::Args as Arguments;
use serde_json::json;

use crate::app::App;
use crate::config::PolicyFile;
use crate::error::{Exit, Outcome};
use crate::output::plural;

/// Which file.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The file; the policy in effect without it
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let found = match &args.file {
        Some(path) => PolicyFile::read(path)?,
        None => PolicyFile::find(app)?,
    };
    let policy = &found.policy;
    let counts = [
        (policy.caps.len(), "cap", "caps"),
        (policy.protected.len(), "protected set", "protected sets"),
        (policy.freezes.len(), "freeze", "freezes"),
        (policy.windows.len(), "maintenance window", "maintenance windows"),
        (policy.read_only.len(), "read-only context", "read-only contexts"),
    ];
    let document = json!({
        "schema": 1,
        "from": found.path,
        "usable": true,
        "caps": policy.caps.len(),
        "protected": policy.protected.len(),
        "freezes": policy.freezes.len(),
        "windows": policy.windows.len(),
        "read_only": policy.read_only.len(),
    });
    let said: Vec<String> =
        counts.iter().map(|(count, one, many)| format!("{count} {}", plural(*count as u64, one, many))).collect();
    let origin = found.origin();
    app.printer.document(&document, || format!("{origin}: in order; {}\n", said.join(", ")))?;
    Ok(Exit::Success)
}
