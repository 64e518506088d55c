//! `muster devices tag`: adds tags to devices and takes tags away.

use clap::Args as Arguments;

use muster_engine::Secrets;
use muster_workflows::Unwatched;
use muster_workflows::bulk::tags;
use muster_workflows::selection::select;

use super::targets::say_left_out;
use crate::app::App;
use crate::commands::change::{self, Telling};
use crate::error::Outcome;
use crate::wiring;

const EXAMPLES: &str = "\
Examples:
  muster devices tag --add BulkManaged,APIControlled --platform WinRT
  muster devices tag --remove Loaner --from-file returned.csv";

/// Which tags and which devices.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// A tag to add; may be given several times
    #[arg(long, value_name = "TAG", required_unless_present = "remove", value_delimiter = ',')]
    pub(crate) add: Vec<String>,
    /// A tag to take away; may be given several times
    #[arg(long, value_name = "TAG", value_delimiter = ',')]
    pub(crate) remove: Vec<String>,
    #[command(flatten)]
    pub(crate) targets: super::targets::TargetFlags,
    #[command(flatten)]
    pub(crate) pacing: crate::commands::change::Pacing,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let change = tags::Change { add: args.add, remove: args.remove }.checked()?;
    let targets = args.targets.targets()?;
    let connected = wiring::connect(app).await?;
    let selected = select(&connected.client, &targets, &Unwatched).await?;
    say_left_out(app.notes, &selected);
    let facts = tags::observe(&connected.client, &change, selected, &Unwatched).await?;
    let draft = tags::draft(&change, &facts);
    let telling = Telling {
        report: &|plan, tasks| plan.map(|plan| tags::report(plan, tasks)).unwrap_or_default(),
        summary: &tags::summary,
        problems: 0,
    };
    change::carry_out(app, connected, draft, Secrets::default(), &args.pacing, &telling).await
}
