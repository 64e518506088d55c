//! Flags that say how a job proceeds.

use clap::Args;
use muster_engine::{Gate, Growth, JobOptions, SOAK, Secrets, StopAfter};
use muster_workflows::provisioning::Table;

use crate::app::App;
use crate::error::Failure;
use crate::input;

impl SecretFlags {
    /// The passwords by key, in memory only.
    pub(crate) fn read(&self) -> Result<Secrets, Failure> {
        let Some(path) = &self.passwords_from else { return Ok(Secrets::default()) };
        let table = Table::read(&input::name(path), &input::read(path)?)?;
        Ok(table.rows.into_iter().filter_map(|row| Some((row.username, row.password?))).collect())
    }
}

/// How a job proceeds.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Pacing")]
pub(crate) struct Pacing {
    /// Pause after every N items
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) batch_size: Option<u32>,
    /// How long to pause between batches
    #[arg(long, value_name = "DURATION", requires = "batch_size", value_parser = crate::cli::duration)]
    pub(crate) pause: Option<std::time::Duration>,
    /// Stop once more than N items, or more than N % of them, have failed
    #[arg(long, value_name = "N|N%", value_parser = stop_after)]
    pub(crate) stop_after: Option<StopAfter>,
    /// Go on after a failed item (it does without being told)
    #[arg(long, conflicts_with = "stop_on_error")]
    pub(crate) continue_on_error: bool,
    /// Stop at the first failed item
    #[arg(long, conflicts_with = "stop_after")]
    pub(crate) stop_on_error: bool,
    /// Grow ring by ring, each behind a gate [without SIZES: 1,10,1%,10%,100%]
    #[arg(long, value_name = "SIZES", num_args = 0..=1, require_equals = true, default_missing_value = RINGS)]
    pub(crate) rings: Option<String>,
    /// How long the fleet is watched after each ring; 0s: not at all [default: 15m]
    #[arg(long, value_name = "DURATION", requires = "rings", value_parser = crate::cli::duration)]
    pub(crate) soak: Option<std::time::Duration>,
    /// What a ring may show: failed=5%,noncompliant=5%,silent=50% unless told otherwise
    #[arg(long, value_name = "LIMITS", requires = "rings", value_parser = gate)]
    pub(crate) gate: Option<Gate>,
    /// Do not send what was not sent so long after the start
    #[arg(long, value_name = "DURATION", value_parser = crate::cli::duration)]
    pub(crate) deadline: Option<std::time::Duration>,
    /// One call for each item, also where the API has a call for many
    #[arg(long)]
    pub(crate) one_by_one: bool,
}

const RINGS: &str = "1,10,1%,10%,100%";

/// Secrets that a stored plan needs again: it never keeps them.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SecretFlags {
    /// The CSV file of `users provision`, if it brought passwords: plans and jobs never keep them
    #[arg(long, value_name = "FILE")]
    pub(crate) passwords_from: Option<std::path::PathBuf>,
}

impl Pacing {
    /// The engine's options; lanes come from the flags of every command.
    pub(crate) fn options(&self, app: &App) -> Result<JobOptions, Failure> {
        let mut options = JobOptions::default();
        if let Some(lanes) = app.globals.lanes.map(usize::from).or(app.file.defaults.lanes) {
            options.lanes = lanes;
        }
        options.batch_size = self.batch_size.map(|size| size as usize);
        options.pause = self.pause.unwrap_or_default();
        options.stop_after = self.stop_after;
        options.continue_on_error = !self.stop_on_error;
        options.deadline = self.deadline;
        options.bulk = !self.one_by_one;
        if let Some(sizes) = &self.rings {
            let rings = sizes.parse().map_err(|what: String| Failure::usage(what))?;
            let gate = self.gate.clone().unwrap_or_default();
            options.rings = Some(Growth { rings, soak: self.soak.unwrap_or(SOAK), gate });
        }
        Ok(options)
    }
}

fn stop_after(text: &str) -> Result<StopAfter, String> {
    let bad = || format!("`{text}` is neither a number of failures (10) nor a share of the items (5%)");
    match text.strip_suffix('%') {
        None => text.parse().map(StopAfter::Failures).map_err(|_| bad()),
        Some(share) => match share.trim().parse::<f64>() {
            Ok(share) if (0.0..=100.0).contains(&share) => Ok(StopAfter::Percent(share)),
            _ => Err(bad()),
        },
    }
}

/// `failed=2%,silent=100%`: what is not named keeps its usual limit.
fn gate(text: &str) -> Result<Gate, String> {
    let mut gate = Gate::default();
    for part in text.split(',') {
        let bad = || format!("`{part}` is no limit; write failed=5%, noncompliant=5% or silent=50%");
        let (name, share) = part.split_once('=').ok_or_else(bad)?;
        let share = share.trim().trim_end_matches('%').parse::<f64>().map_err(|_| bad())?;
        if !(0.0..=100.0).contains(&share) {
            return Err(bad());
        }
        match name.trim() {
            "failed" => gate.failed = share,
            "noncompliant" => gate.noncompliant = share,
            "silent" => gate.silent = share,
            _ => return Err(bad()),
        }
    }
    Ok(gate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gate_names_shares() {
        let gate = gate("failed=2%, silent=100").expect("reads");
        assert_eq!((gate.failed, gate.noncompliant, gate.silent), (2.0, 5.0, 100.0));
        assert!(super::gate("failed=200%").is_err() && super::gate("lost=1%").is_err());
    }

    #[test]
    fn a_limit_is_a_number_or_a_share() {
        assert_eq!(stop_after("10"), Ok(StopAfter::Failures(10)));
        assert_eq!(stop_after("2.5%"), Ok(StopAfter::Percent(2.5)));
        assert!(stop_after("120%").is_err() && stop_after("-1").is_err() && stop_after("few").is_err());
    }
}
