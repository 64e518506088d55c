//! `muster uem admin log`.

use std::time::Duration;

use clap::Args as Arguments;
use jiff::{SignedDuration, Timestamp};
use muster_store::{Clock as _, SystemClock};
use muster_uem::LogWish;

use super::Stopped;
use crate::app::App;
use crate::cli::duration;
use crate::error::{Exit, Outcome};

const EXAMPLES: &str = "\
Example:
  muster uem admin log --status 403 --since 24h --data uem";

/// Whose requests, and how many.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Only of callers whose name contains this
    #[arg(long, value_name = "TEXT")]
    caller: Option<String>,
    /// Only operations whose name contains this
    #[arg(long, value_name = "TEXT")]
    operation: Option<String>,
    /// Only answers of this status
    #[arg(long, value_name = "N")]
    status: Option<u16>,
    /// Only of the last while
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    since: Option<Duration>,
    /// At most so many, newest first
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
    #[command(flatten)]
    at: Stopped,
}

const KEYS: [&str; 12] = [
    "at",
    "caller",
    "credential",
    "+address",
    "method",
    "path",
    "+operation",
    "+object",
    "status",
    "duration_us",
    "+correlation_id",
    "+organization_group_id",
];

pub(super) async fn run(app: &mut App, args: &Args) -> Outcome {
    let back = args.since.and_then(|back| SignedDuration::try_from(back).ok());
    let wish = LogWish {
        caller: args.caller.clone(),
        operation: args.operation.clone(),
        status: args.status,
        since: back.map(|back| SystemClock.now().saturating_sub(back).unwrap_or(Timestamp::MIN)),
        limit: args.limit,
    };
    let rows = args.at.open(app).await?.log(&wish).await?;
    super::show(app, "API log", &KEYS, &rows)?;
    Ok(Exit::Success)
}
