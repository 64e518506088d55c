//! `muster uem serve`: a persistent UEM with a living fleet, until it is told to stop.

use clap::Args as Arguments;

use crate::app::App;
use crate::error::{Failure, Outcome};

const EXAMPLES: &str = "\
Example:
  muster uem serve --data uem --devices 2000 --speed 60 --ready-file uem.json
  muster context add local --from uem.json --use";

/// Where, how large, how fast.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Folder that keeps everything
    #[arg(long, value_name = "DIR")]
    pub(crate) data: std::path::PathBuf,
    /// Address to listen at; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub(crate) listen: std::net::SocketAddr,
    /// Devices of a new fleet
    #[arg(long, value_name = "N", default_value_t = 2000)]
    pub(crate) devices: u32,
    /// Seed of a new fleet: the same seed makes the same devices
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Write address and credentials here once connections are accepted (mode 0600)
    #[arg(long, value_name = "FILE")]
    pub(crate) ready_file: Option<std::path::PathBuf>,
    /// How much faster than life the fleet is
    #[arg(long, value_name = "X", default_value_t = 1.0)]
    pub(crate) speed: f64,
    /// Requests per minute before 429 [default: no limit]
    #[arg(long, value_name = "N/min", value_parser = per_minute)]
    pub(crate) rate_limit: Option<u32>,
}

/// `600` or `600/min`.
fn per_minute(text: &str) -> Result<u32, String> {
    match text.strip_suffix("/min").unwrap_or(text).trim().parse::<u32>() {
        Ok(limit) if limit > 0 => Ok(limit),
        _ => Err(String::from("write a number of requests per minute, such as 600/min")),
    }
}

pub(super) async fn run(_app: &mut App, _args: Args) -> Outcome {
    Err(Failure::internal("not built yet"))
}
