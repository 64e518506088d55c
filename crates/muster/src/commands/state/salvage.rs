//! `muster state salvage`: what is intact goes into a new file; the damaged one stays as it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args as Arguments;
use muster_engine::{Engine, Salvaged};
use muster_store::SystemClock;
use serde_json::json;

use crate::app::App;
use crate::error::{Exit, Failure, Outcome};
use crate::wiring;

const EXAMPLES: &str = "\
Examples:
  muster state check
  muster state salvage
  muster state salvage --to /mnt/other-disk/muster.db";

/// Where to.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The new file, which must not be there; without it muster.salvaged.db beside the damaged one
    #[arg(long, value_name = "FILE")]
    pub(crate) to: Option<PathBuf>,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let (path, mut wreck, _lock) = super::found(app)?;
    let to = args.to.unwrap_or_else(|| path.with_file_name("muster.salvaged.db"));
    if to.exists() {
        return Err(Failure::usage(format!("{} is there already, and is not written over", to.display()))
            .hint("move it away, or name another file with --to FILE"));
    }
    // Under another name until it is whole.
    let open = beside(&to, ".part");
    for leftover in [open.clone(), beside(&open, "-wal"), beside(&open, "-shm")] {
        let _ = std::fs::remove_file(leftover);
    }
    let database = wiring::new_state(&format!("sqlite:{}", open.display())).await?;
    let by = app.person();
    let found = Engine::salvage(&mut wreck, database.clone(), Arc::new(SystemClock), &by).await?;
    // Folds the log into the file.
    database.close().await;
    if found.tables.values().all(|table| table.kept == 0) {
        let _ = std::fs::remove_file(&open);
        return Err(Failure::new(
            Exit::General,
            "E_STATE_FOREIGN",
            format!("nothing in {} is muster's", path.display()),
        )
        .hint("MUSTER_HOME=DIR names another folder"));
    }
    std::fs::rename(&open, &to).map_err(|error| Failure::io(format!("cannot write {}", to.display()), &error))?;
    app.printer.document(&json!({ "to": to, "found": found }), || super::text(&path, &found))?;
    for line in next(&path, &to, &found) {
        app.notes.line(line);
    }
    Ok(Exit::Success)
}

fn beside(path: &Path, more: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(more);
    PathBuf::from(name)
}

/// What to do with the new file.
fn next(path: &Path, to: &Path, found: &Salvaged) -> Vec<String> {
    let mut lines = vec![format!("Written to {}. Nothing was sent, and the damaged file is as it was.", to.display())];
    if !found.damaged {
        lines.push("The state is sound: there is no need for the new file.".to_owned());
        return lines;
    }
    let folder = path.with_file_name("damaged");
    lines.push(format!(
        "To put it in place:  mkdir {0} && mv {1}* {0}/ && mv {2} {1}",
        folder.display(),
        path.display(),
        to.display()
    ));
    lines.push(
        "Then:  muster jobs list; muster jobs resume JOB reads back what became of each task in doubt".to_owned(),
    );
    lines
}
