//! Which devices a command means: by filter, by serial number, by id, or from a file.

use std::path::PathBuf;

use clap::Args;
use muster_client::DeviceFilter;
use muster_model::ids::DeviceId;
use muster_workflows::selection::{self, Targets, Wanted, list};
use muster_workflows::words;

use crate::error::Failure;
use crate::input;
use crate::output::plural;

/// Criteria of a search.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Devices")]
pub(crate) struct FilterFlags {
    /// Apple, AppleOsX, Android, WinRT, …
    #[arg(long, value_name = "NAME")]
    pub(crate) platform: Option<String>,
    /// The model, such as iPhone
    #[arg(long, value_name = "TEXT")]
    pub(crate) model: Option<String>,
    /// C (corporate), E (employee's own) or S (shared)
    #[arg(long, value_name = "LETTER")]
    pub(crate) ownership: Option<String>,
}

impl FilterFlags {
    /// The filter, with every word known.
    pub(crate) fn filter(&self) -> Result<DeviceFilter, Failure> {
        Ok(DeviceFilter {
            platform: self.platform.as_deref().map(words::platform).transpose()?,
            model: self.model.clone(),
            ownership: self.ownership.as_deref().map(words::ownership).transpose()?,
        })
    }
}

/// The devices of a change: a filter, or devices named one by one.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Devices")]
pub(crate) struct TargetFlags {
    #[command(flatten)]
    pub(crate) filter: FilterFlags,
    /// Every device of the tenant, if there are no more than --at-most says
    #[arg(long, requires = "at_most", conflicts_with_all = ["platform", "model", "ownership"])]
    pub(crate) all: bool,
    /// Refuse if more than N devices are found
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(crate) at_most: Option<u64>,
    /// Of the devices found, only the first N
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// A serial number; may be given several times
    #[arg(long, value_name = "SERIAL", value_delimiter = ',', conflicts_with_all = NARROWING)]
    pub(crate) serial: Vec<String>,
    /// A device id; may be given several times
    #[arg(long, value_name = "ID", value_delimiter = ',', conflicts_with_all = NARROWING)]
    pub(crate) id: Vec<i64>,
    /// Serial numbers or ids, one a line, or CSV with a heading; `-` reads stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = NARROWING)]
    pub(crate) from_file: Option<PathBuf>,
    /// Of a report that is fed back by --from-file, only rows in this state: failed, unknown, skipped, held or expired
    #[arg(long, value_name = "STATE", requires = "from_file", value_parser = input::STATES)]
    pub(crate) only: Option<String>,
}

/// Flags that make no sense beside devices named one by one.
const NARROWING: [&str; 6] = ["platform", "model", "ownership", "all", "at_most", "limit"];

impl TargetFlags {
    /// The devices that are meant, not looked up yet.
    pub(crate) fn targets(&self) -> Result<Targets, Failure> {
        let mut wanted: Vec<Wanted> = Vec::new();
        wanted.extend(self.serial.iter().map(|serial| Wanted::serial(serial, "--serial")));
        wanted.extend(self.id.iter().map(|id| Wanted::id(DeviceId(*id), "--id")));
        if let Some(path) = &self.from_file {
            let rows = list::read(&input::name(path), &input::read(path)?)?;
            wanted.extend(match &self.only {
                Some(state) => list::only(rows, state)?,
                None => rows,
            });
        }
        let first = self.limit.map(|limit| limit as usize);
        let mut targets = Targets::of(self.filter.filter()?, first, wanted)?;
        if let Targets::Filter { bound, .. } = &mut targets {
            *bound = self.at_most.or(*bound);
        }
        Ok(targets)
    }
}

/// Says on stderr how many devices were left out and why.
pub(super) fn say_left_out(notes: crate::output::Notes, selected: &selection::Selected) {
    let count = selected.left_out as u64;
    if count > 0 {
        let devices = plural(count, "matching device is", "matching devices are");
        notes.line(format!("{count} {devices} not enrolled, and left out"));
    }
}
