//! `muster demo`: the main job from end to end, against a UEM of its own.
//!
//! A tenant with a living fleet starts on loopback; then the connectivity test and the four automations
//! run against it, through the same client, workflows and engine as every other command. Nothing is
//! staged: what is printed is what the tenant answered.

mod acts;
mod stage;
mod story;

use clap::Args as Arguments;

use crate::app::App;
use crate::commands::change::interrupted;
use crate::error::{Exit, Failure, Outcome};
use stage::Stage;

/// How large, and where to.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// Devices in the fleet
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(20..=200_000))]
    pub(crate) devices: u32,
    /// Folder for the reports
    #[arg(long, value_name = "DIR", default_value = "muster-demo")]
    pub(crate) out: std::path::PathBuf,
    /// Seed of the fleet: the same seed makes the same devices
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Leave the UEM running and say how to point muster at it
    #[arg(long)]
    pub(crate) keep_running: bool,
}

pub(crate) async fn run(app: &mut App, args: Args) -> Outcome {
    if args.out.exists() && !args.out.is_dir() {
        return Err(Failure::usage(format!("{} is not a folder", args.out.display())).hint("choose another --out"));
    }
    let mut stage = tokio::select! {
        // First of all listen for Ctrl-C: nothing may exist that it would leave behind.
        biased;
        () = interrupted() => return Ok(Exit::Interrupted),
        stage = Stage::set(app, &args) => stage?,
    };
    let played = tokio::select! {
        played = acts::play(app, &mut stage) => played,
        () = interrupted() => Ok(Exit::Interrupted),
    };
    // Reports reach their folder only when all of them are there: an interrupted demo leaves nothing.
    let outcome = match played {
        Ok(Exit::Success) => finish(app, &mut stage, &args).await,
        Ok(exit) => {
            app.notes.line("Interrupted: the UEM and everything it wrote are gone.");
            Ok(exit)
        }
        Err(failure) => Err(failure),
    };
    stage.strike().await;
    outcome
}

async fn finish(app: &mut App, stage: &mut Stage, args: &Args) -> Outcome {
    let files = stage.publish(&args.out)?;
    let story = stage.end().await?;
    let text = story.text(&args.out, &files);
    app.printer.document(&story.document(&args.out, &files), || text)?;
    app.printer.finish()?;
    if args.keep_running {
        let entry = stage.write_entry()?;
        app.notes.line(story::keep_running(&stage.url(), &entry, stage.held()));
        interrupted().await;
    } else {
        app.notes.line(story::what_next());
    }
    Ok(Exit::Success)
}
