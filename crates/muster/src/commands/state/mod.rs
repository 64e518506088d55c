//! What this machine keeps of plans and jobs, when it is damaged.

mod check;
mod salvage;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use muster_engine::{Salvaged, SalvagedJob};
use muster_store::FolderLock;
use muster_store::salvage::Wreck;

use crate::app::App;
use crate::error::{Exit, Failure, Outcome};

/// Verbs of `state`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Read everything that is kept, and say what of it is damaged
    Check(check::Args),
    /// Write what is intact of a damaged state into a new file
    Salvage(salvage::Args),
}

/// Runs one verb.
pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    match verb {
        Verb::Check(args) => check::run(app, args).await,
        Verb::Salvage(args) => salvage::run(app, args).await,
    }
}

/// The file of this machine's state, with nobody else in its folder while the lock lives.
fn found(app: &App) -> Result<(PathBuf, Wreck, FolderLock), Failure> {
    let folder = app.places()?.state;
    let path = folder.join("muster.db");
    if !path.exists() {
        let what = format!("there is no state in {}", folder.display());
        return Err(Failure::new(Exit::NotFound, "E_NOT_FOUND", what).hint("MUSTER_HOME=DIR names another folder"));
    }
    let lock = FolderLock::acquire(&folder)?;
    let wreck = Wreck::open(&path).map_err(|error| Failure::io(format!("cannot read {}", path.display()), &error))?;
    Ok((path, wreck, lock))
}

/// What was found, for people.
fn text(path: &Path, salvaged: &Salvaged) -> String {
    let mut lines = vec![if salvaged.damaged {
        format!("{} is damaged", path.display())
    } else {
        format!("{} is sound", path.display())
    }];
    let wide = salvaged.tables.keys().map(String::len).max().unwrap_or(0);
    for (name, table) in &salvaged.tables {
        let mut line = format!("  {name:wide$}  {:>9} kept", table.kept);
        for (count, what) in [(table.left_out, "left out"), (table.unreadable, "lost")] {
            if count > 0 {
                line.push_str(&format!(", {count} {what}"));
            }
        }
        lines.push(line);
    }
    if salvaged.unassigned + salvaged.unreadable > 0 {
        let Salvaged { unassigned, unreadable, .. } = salvaged;
        lines.push(format!("  of no table that can be told: {unassigned} unassigned, {unreadable} lost"));
    }
    if salvaged.foreign > 0 {
        let names = salvaged.foreign_tables.join(", ");
        lines.push(format!("  of tables that this muster does not have ({names}): {} left out", salvaged.foreign));
    }
    let audit = &salvaged.audit;
    lines.push(match audit.missing {
        Some(missing) => format!(
            "The record: {} of {} entries hold; entry {missing} is the first that is missing",
            audit.records, audit.last
        ),
        None if audit.whole => format!("The record: all {} entries hold", audit.records),
        None => format!("The record: all {} entries hold; whether it ended there is not certain", audit.records),
    });
    for plan in &salvaged.plans {
        lines.push(format!("Plan {plan} is not as it was made, and cannot be carried out any more"));
    }
    lines.extend(salvaged.jobs.iter().map(of_job));
    lines.join("\n") + "\n"
}

fn of_job(found: &SalvagedJob) -> String {
    let SalvagedJob { job, restored, unknown, stopped, lost } = found;
    let mut text =
        format!("Job {job}: {restored} tasks restored from the record, {unknown} to be read back from the tenant");
    if let Some(why) = stopped {
        text.push_str(&format!("\n  it sends nothing any more: {why}"));
    }
    for item in lost {
        text.push_str(&format!("\n  lost: {item}"));
    }
    text
}
