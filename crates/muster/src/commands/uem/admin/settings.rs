//! `muster uem admin settings`.

use std::time::Duration;

use clap::{Args as Arguments, Subcommand};
use muster_uem::SettingsWish;

use super::Stopped;
use crate::app::App;
use crate::cli::duration;
use crate::error::{Exit, Failure, Outcome};

/// Verbs of `uem admin settings`.
#[derive(Debug, Subcommand)]
pub(crate) enum Verb {
    /// Show what an organization group sets; the rest is inherited
    Show(Show),
    /// Change what an organization group sets
    Set(Set),
}

/// Of which group.
#[derive(Debug, Arguments)]
pub(crate) struct Show {
    /// Organization group, by id or group id [default: the topmost]
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    #[command(flatten)]
    at: Stopped,
}

/// Of which group, and what.
#[derive(Debug, Arguments)]
pub(crate) struct Set {
    /// Organization group, by id or group id [default: the topmost]
    #[arg(long, value_name = "GROUP")]
    group: Option<String>,
    /// Whether the API answers at all
    #[arg(long, value_name = "true|false")]
    enabled: Option<bool>,
    /// How long a request may take
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    api_timeout: Option<Duration>,
    /// Requests a minute
    #[arg(long, value_name = "N")]
    rate_limit: Option<u32>,
    /// Requests a day
    #[arg(long, value_name = "N")]
    daily_quota: Option<u32>,
    /// Whether requests are logged
    #[arg(long, value_name = "true|false")]
    logging: Option<bool>,
    /// For how many days the log is kept
    #[arg(long, value_name = "N")]
    log_days: Option<u32>,
    /// Inherit everything that is not given here
    #[arg(long)]
    inherit: bool,
    #[command(flatten)]
    at: Stopped,
}

pub(super) async fn run(app: &mut App, verb: Verb) -> Outcome {
    let (console, group) = match verb {
        Verb::Show(args) => (args.at.open(app).await?, args.group),
        Verb::Set(args) => {
            let wish = SettingsWish {
                enabled: args.enabled,
                timeout_seconds: args.api_timeout.map(seconds).transpose()?,
                rate_limit: args.rate_limit,
                daily_quota: args.daily_quota,
                logging: args.logging,
                log_days: args.log_days,
            };
            let console = args.at.open(app).await?;
            console.set_settings(args.group.as_deref(), wish, args.inherit).await?;
            (console, args.group)
        }
    };
    let shown = console.settings(group.as_deref()).await?;
    app.printer.document(&shown, || {
        let rows = shown.as_object().into_iter().flatten();
        rows.map(|(name, value)| {
            let value = if value.is_null() { "inherited".to_owned() } else { value.to_string() };
            format!("{:<24}{value}\n", name.replace('_', " "))
        })
        .collect()
    })?;
    Ok(Exit::Success)
}

fn seconds(length: Duration) -> Result<u32, Failure> {
    u32::try_from(length.as_secs()).map_err(|_| Failure::usage("that is too long"))
}
