//! `muster jobs prune`: forgets jobs that came to their end long ago.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Exit, Failure, Outcome};
use crate::{prompt, wiring};

/// What is old.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// Days since a job came to its end, at least 30 [default: 400, which is done by itself too]
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    pub(crate) older_than: Option<u32>,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let days = args.older_than.unwrap_or(muster_engine::KEEP_JOBS_DAYS);
    let age = jiff::SignedDuration::from_hours(i64::from(days) * 24);
    let engine = wiring::engine(app).await?;
    let counted = engine.counted();
    if age < counted {
        let least = (counted.as_secs() + 86_399) / 86_400;
        let text = format!("what was sent in the last {least} days is not forgotten: the caps of the policy count it");
        return Err(Failure::usage(text).hint(format!("muster jobs prune --older-than {least}")));
    }
    let question = format!("Forget jobs that ended more than {days} days ago, with their items? The audit stays.");
    prompt::confirm(app, &question).await?;
    let pruned = engine.prune(age, &app.person()).await.map_err(Failure::from)?;
    app.printer.document(&pruned, || {
        format!("Forgotten: {} jobs with {} items, {} plans\n", pruned.jobs, pruned.tasks, pruned.plans)
    })?;
    Ok(Exit::Success)
}
