//! `muster plan diff`: what tells two plans apart.

use clap::Args as Arguments;
use muster_engine::PlanItem;
use muster_engine::plan::difference::between;

use super::named;
use crate::app::App;
use crate::error::{Exit, Outcome};
use crate::output::{Heading, Sheet};

/// Which two plans.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The first plan: its id, its first characters, or a file
    #[arg(value_name = "PLAN")]
    pub(crate) first: String,
    /// The second plan
    #[arg(value_name = "OTHER")]
    pub(crate) second: String,
    /// Exit with 10 if they differ
    #[arg(long)]
    pub(crate) detailed_exitcode: bool,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let first = named::either(app, &args.first).await?;
    let second = named::either(app, &args.second).await?;
    let difference = between(&first, &second);
    let mut sheet = Sheet::new(&["change", "target", "action", "what"]);
    let mut push = |change: &str, item: &PlanItem, what: &[String]| {
        sheet.push(vec![change.into(), item.target.name().into(), item.action.describe().into(), what.to_vec().into()]);
    };
    for index in &difference.removed {
        push("removed", &first.items[*index], &[]);
    }
    for index in &difference.added {
        push("added", &second.items[*index], &[]);
    }
    for (_, index, what) in &difference.changed {
        push("changed", &second.items[*index], what);
    }
    let (removed, added, changed) = (difference.removed.len(), difference.added.len(), difference.changed.len());
    app.list(&sheet, Heading::new("Difference of two plans"))?;
    app.notes.line(format!("{removed} removed, {added} added, {changed} changed, {} the same", difference.same));
    Ok(if args.detailed_exitcode && !difference.is_empty() { Exit::Changes } else { Exit::Success })
}
