//! `muster uem serve`: a persistent UEM with a living fleet, until it is told to stop.

use clap::Args as Arguments;

use muster_store::FolderLock;
use muster_uem::{Habits, Settings, Tls};
use serde_json::json;

use super::place::Place;
use crate::app::App;
use crate::commands::change::interrupted;
use crate::error::{Exit, Failure, Outcome};

const EXAMPLES: &str = "\
Example:
  muster uem serve --data uem --devices 2000 --speed 60 --ready-file uem.json
  muster context add local --from uem.json --use";

/// Where, how large, how fast.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) place: Place,
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
    /// Requests per minute before 429 [default: 250000]
    #[arg(long, value_name = "N/min", value_parser = per_minute)]
    pub(crate) rate_limit: Option<u32>,
    /// Serve by TLS, with a certificate of the UEM's own authority
    #[arg(long)]
    pub(crate) tls: bool,
    /// Another name or address in the certificate; can be given several times
    #[arg(long = "tls-name", value_name = "NAME", requires = "tls")]
    pub(crate) tls_names: Vec<String>,
    /// Serve others than this machine without TLS
    #[arg(long, conflicts_with = "tls")]
    pub(crate) plain_for_others: bool,
    /// Address of the laboratory, which tells effects, steps time and orders faults; port 0 takes a free one
    #[arg(long, value_name = "ADDR")]
    pub(crate) lab_listen: Option<std::net::SocketAddr>,
    /// What goes wrong, such as throttle:every=10,retry-after=2; can be given several times
    #[arg(long = "fault", value_name = "FAULT")]
    pub(crate) faults: Vec<muster_uem::FaultOrder>,
    /// Answer 200 with an empty list where the published API answers 204
    #[arg(long)]
    pub(crate) empty_lists: bool,
    /// Answer 400 to query parameters that an operation does not have, instead of ignoring them
    #[arg(long)]
    pub(crate) refuse_unknown_queries: bool,
}

/// `600` or `600/min`.
fn per_minute(text: &str) -> Result<u32, String> {
    match text.strip_suffix("/min").unwrap_or(text).trim().parse::<u32>() {
        Ok(limit) if limit > 0 => Ok(limit),
        _ => Err(String::from("write a number of requests per minute, such as 600/min")),
    }
}

/// The machine's own name, where the system tells it.
fn host_name() -> Option<String> {
    let name = std::fs::read_to_string("/proc/sys/kernel/hostname").ok()?;
    let name = name.trim();
    let plain = name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.'));
    (plain && !name.is_empty()).then(|| name.to_owned())
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    if !(args.speed.is_finite() && args.speed > 0.0) {
        return Err(Failure::usage("--speed is a number above 0"));
    }
    let folder = &args.place.data;
    let mut settings = Settings { data: args.place.data(app).await?, ..Settings::in_folder(folder) };
    settings.listen = args.listen;
    settings.devices = args.devices;
    settings.seed = args.seed;
    settings.speed = args.speed;
    settings.rate_limit = args.rate_limit;
    settings.tls = args.tls.then(|| Tls { names: args.tls_names.into_iter().chain(host_name()).collect() });
    settings.plain_for_others = args.plain_for_others;
    settings.lab = args.lab_listen;
    settings.faults = args.faults;
    settings.habits = Habits { empty_lists: args.empty_lists, refuse_unknown_queries: args.refuse_unknown_queries };
    if let Some(path) = &args.ready_file {
        // A file that an earlier run left must not look like an answer; one of a run that still lives stays.
        drop(FolderLock::acquire(folder).map_err(muster_uem::Error::from)?);
        let _ = std::fs::remove_file(path);
    }
    let running = muster_uem::start(settings).await?;
    if let Some(path) = &args.ready_file {
        running.ready.write(path)?;
    }
    app.printer.document(
        &json!({"event": "ready", "url": running.ready.url, "ready_file": args.ready_file, "data": folder,
            "lab": running.ready.lab.as_ref().map(|lab| &lab.url)}),
        || format!("Serving a UEM at {}, its state in {}\n", running.ready.url, folder.display()),
    )?;
    app.printer.finish()?;
    if let Some(path) = &args.ready_file {
        app.notes.line(format!("To point muster at it:  muster context add local --from {} --use", path.display()));
    }
    interrupted().await;
    app.notes.line("Stopping");
    running.stop().await;
    Ok(Exit::Success)
}
