//! `muster audit export`: the record for others. JSON lines can be verified without anything else.

use std::io::Write as _;
use std::path::PathBuf;

use clap::Args as Arguments;
use muster_engine::checkpoint_line;

use super::syslog::{Collector, message};
use crate::app::App;
use crate::error::{Exit, Failure, Outcome};
use crate::wiring;

/// Records that are held in memory at one time.
const PAGE: u32 = 5_000;

const EXAMPLES: &str = "\
Examples:
  muster audit export --to audit.jsonl
  muster audit export --format syslog --to tcp://logs.example.com:601 --after 4711";

/// How, and where to.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// jsonl (can be verified) or syslog (RFC 5424)
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t, hide_possible_values = true)]
    pub(crate) format: Form,
    /// A file, or udp://HOST:PORT or tcp://HOST:PORT for a syslog; without it stdout
    #[arg(long, value_name = "WHERE")]
    pub(crate) to: Option<String>,
    /// Only records beyond this number
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) after: u64,
}

/// What a record becomes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// A line of JSON, with a line for each checkpoint.
    #[default]
    Jsonl,
    /// A message of RFC 5424.
    Syslog,
}

/// Where lines go.
enum Place {
    Stdout,
    File(PathBuf, std::io::BufWriter<std::fs::File>),
    Collector(Collector),
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let mut place = open(&args).await?;
    let engine = wiring::engine_that_signs(app).await?;
    // So that the last record is covered too.
    engine.checkpoint().await?;
    let mut checkpoints = engine.checkpoints(args.after + 1).await?.into_iter().peekable();
    let host = app.environment.get("HOSTNAME").unwrap_or_default();
    let mut last = args.after;
    loop {
        let page = engine.audit_page(last, PAGE).await?;
        let Some(end) = page.last() else { break };
        last = end.number.unsigned_abs();
        for record in &page {
            match args.format {
                Form::Syslog => place.line(app, message(record, &host)).await?,
                Form::Jsonl => {
                    place.line(app, record.to_line()).await?;
                    let here = |size: u64| size == record.number.unsigned_abs();
                    while let Some((checkpoint, _)) = checkpoints.next_if(|(one, _)| here(one.size())) {
                        place.line(app, checkpoint_line(&checkpoint)).await?;
                    }
                }
            }
        }
    }
    place.close().await?;
    app.notes.line(format!("{} records; the next time:  --after {last}", last - args.after));
    Ok(Exit::Success)
}

async fn open(args: &Args) -> Result<Place, Failure> {
    let Some(to) = args.to.as_deref().filter(|to| *to != "-") else { return Ok(Place::Stdout) };
    if to.contains("://") {
        if args.format != Form::Syslog {
            return Err(Failure::usage("only a syslog has an address").hint("--format syslog"));
        }
        let collector = Collector::connect(to).await?;
        let collector = collector.ok_or_else(|| {
            Failure::usage("this is no address of a syslog").hint("udp://HOST:PORT or tcp://HOST:PORT")
        })?;
        return Ok(Place::Collector(collector));
    }
    let file = std::fs::File::create(to).map_err(|error| Failure::io(format!("cannot write {to}"), &error))?;
    Ok(Place::File(PathBuf::from(to), std::io::BufWriter::new(file)))
}

impl Place {
    async fn line(&mut self, app: &mut App, line: String) -> Result<(), Failure> {
        match self {
            Self::Stdout => app.printer.text(&format!("{line}\n")),
            Self::File(path, file) => writeln!(file, "{line}")
                .map_err(|error| Failure::io(format!("cannot write {}", path.display()), &error)),
            Self::Collector(collector) => collector.send(&line).await,
        }
    }

    async fn close(self) -> Result<(), Failure> {
        match self {
            Self::Stdout => Ok(()),
            Self::File(path, file) => {
                let written =
                    file.into_inner().map_err(std::io::IntoInnerError::into_error).and_then(|file| file.sync_all());
                written.map_err(|error| Failure::io(format!("cannot write {}", path.display()), &error))
            }
            Self::Collector(collector) => collector.close().await,
        }
    }
}
