//! Which devices a command means: by filter, by serial number, by id, or from a file.

use clap::Args;

/// Criteria of a search.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Filter")]
pub(crate) struct FilterFlags {
    /// Apple, AppleOsX, Android, WinRT, …
    #[arg(long, value_name = "NAME")]
    pub(crate) platform: Option<String>,
    /// Part of the model's name
    #[arg(long, value_name = "TEXT")]
    pub(crate) model: Option<String>,
    /// C (corporate), E (employee's own) or S (shared)
    #[arg(long, value_name = "LETTER")]
    pub(crate) ownership: Option<String>,
}

/// The devices of a change. One kind of choice at a time; none at all is refused.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Devices")]
pub(crate) struct TargetFlags {
    #[command(flatten)]
    pub(crate) filter: FilterFlags,
    /// Every device of the tenant; has to be said
    #[arg(long, conflicts_with_all = ["platform", "model", "ownership"])]
    pub(crate) all: bool,
    /// Of the devices found by filter, only the first N
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// A serial number; may be given several times
    #[arg(long, value_name = "SERIAL", value_delimiter = ',', conflicts_with_all = ["platform", "model", "ownership", "all"])]
    pub(crate) serial: Vec<String>,
    /// A device id; may be given several times
    #[arg(long, value_name = "ID", value_delimiter = ',', conflicts_with_all = ["platform", "model", "ownership", "all"])]
    pub(crate) id: Vec<i64>,
    /// Serial numbers or ids, one a line, or CSV with a heading; `-` reads stdin
    #[arg(long, value_name = "FILE", conflicts_with_all = ["platform", "model", "ownership", "all", "serial", "id"])]
    pub(crate) from_file: Option<std::path::PathBuf>,
}
