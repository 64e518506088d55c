//! `muster users provision`: users and group memberships as a CSV file has them.

use clap::Args as Arguments;

use std::path::Path;

use muster_store::{Clock as _, SystemClock};
use muster_workflows::provisioning::{self, Table};

use crate::app::App;
use crate::commands::change::{self, Telling};
use crate::error::{Exit, Failure, Outcome};
use crate::input;
use crate::output::{Reading, replace};
use crate::wiring;

const EXAMPLES: &str = "\
Examples:
  muster users provision --sample users.csv
  muster users provision users.csv -n
  muster users provision users.csv --yes --report result.csv
  muster users provision result.csv --only failed";

/// The file.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// CSV with Username, FirstName, LastName, Email, Groups, …; `-` reads stdin
    #[arg(value_name = "FILE", required_unless_present = "sample")]
    pub(crate) file: Option<std::path::PathBuf>,
    /// Write a sample file to start from, and stop
    #[arg(long, value_name = "FILE", conflicts_with = "file")]
    pub(crate) sample: Option<std::path::PathBuf>,
    /// Of a report that is fed back, only rows in this state: failed, unknown, skipped, held or expired
    #[arg(long, value_name = "STATE", requires = "file", value_parser = input::STATES)]
    pub(crate) only: Option<String>,
    #[command(flatten)]
    pub(crate) pacing: crate::commands::change::Pacing,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    if let Some(path) = &args.sample {
        return sample(app, path);
    }
    let Some(path) = &args.file else { return Err(Failure::usage("name the file")) };
    // Everything in the file is looked at before the first call.
    let mut table = Table::read(&input::name(path), &input::read(path)?)?;
    if let Some(state) = &args.only {
        table = table.only(state)?;
    }
    let connected = wiring::connect(app).await?;
    let facts = provisioning::observe(&connected.client, &table, &Reading::new(app)).await?;
    let mut wanted = provisioning::decide(&table, &facts)?;
    for note in wanted.notes() {
        app.notes.warn(note);
    }
    let secrets = std::mem::take(&mut wanted.secrets).into_iter().collect();
    let now = SystemClock.now();
    let telling = Telling {
        report: &|_, tasks| provisioning::report(&table, &wanted, tasks, now),
        summary: &|tasks| provisioning::summary(&wanted, tasks),
        problems: wanted.rows.iter().filter(|row| !row.problems.is_empty()).count(),
    };
    if wanted.is_settled() {
        app.notes.line(format!("Every user is as {} has it: nothing to change", table.name));
    }
    change::carry_out(app, connected, wanted.draft.clone(), secrets, &args.pacing, &telling).await
}

/// Writes the sample, but over nothing.
fn sample(app: &App, path: &Path) -> Outcome {
    if path.exists() {
        return Err(Failure::usage(format!("{} is there already", path.display())).hint("choose another name"));
    }
    replace(path, provisioning::sample().as_bytes())
        .map_err(|error| Failure::io(format!("cannot write {}", path.display()), &error))?;
    app.notes.line(format!("Sample written to {}. Put your users in and run:", path.display()));
    app.notes.line(format!("  muster users provision {} -n", path.display()));
    Ok(Exit::Success)
}
