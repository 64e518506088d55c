//! `muster audit verify`: proves that nobody changed the record. Of a file it needs nothing but the public key: no
//! configuration, no state, no tenant.

use std::io::{BufRead as _, BufReader, Read};
use std::path::{Path, PathBuf};

use clap::Args as Arguments;
use muster_engine::{AuditState, Checkpoint, LogCheck, Proven, PublicKey, Trust, verify_proof};
use serde_json::json;

use crate::app::App;
use crate::error::{Exit, Failure, Outcome};
use crate::{input, wiring};

const EXAMPLES: &str = "\
Examples:
  muster audit verify --checkpoint kept-elsewhere.txt
  muster audit verify --log audit.jsonl --key muster/6f1c…+a1b2c3d4+AQ… --checkpoint kept-elsewhere.txt
  muster audit verify --proof entry-4711.tlog-proof --key audit.pub";

/// What, and whom to believe.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// An exported record instead of this machine's; `-` reads stdin
    #[arg(long, value_name = "FILE", requires = "key", conflicts_with = "proof")]
    pub(crate) log: Option<PathBuf>,
    /// A proof instead of a record
    #[arg(long, value_name = "FILE", requires = "key")]
    pub(crate) proof: Option<PathBuf>,
    /// A checkpoint that was kept elsewhere; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) checkpoint: Vec<PathBuf>,
    /// The public key that signs checkpoints, or a file with it; may be given several times
    #[arg(long, value_name = "KEY")]
    pub(crate) key: Vec<String>,
}

impl Args {
    pub(super) fn of_a_file(&self) -> bool {
        self.log.is_some() || self.proof.is_some()
    }

    fn trust(&self) -> Result<Trust, Failure> {
        let key = |text: &String| -> Result<PublicKey, Failure> {
            match text.parse() {
                Ok(key) => Ok(key),
                Err(_) if Path::new(text).is_file() => Ok(input::read_text(Path::new(text))?.trim().parse()?),
                Err(error) => Err(error.into()),
            }
        };
        let kept = |path: &PathBuf| Ok::<_, Failure>(Checkpoint::parse(&input::read_text(path)?)?);
        Ok(Trust {
            keys: self.key.iter().map(key).collect::<Result<_, _>>()?,
            outside: self.checkpoint.iter().map(kept).collect::<Result<_, _>>()?,
        })
    }
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let trust = args.trust()?;
    if let Some(path) = &args.proof {
        let proven = verify_proof(&input::read_text(path)?, &trust.keys, trust.outside.first())?;
        return print_proven(app, &proven);
    }
    let state = match &args.log {
        Some(path) => read_log(path, trust)?,
        None => wiring::engine(app).await?.verify_audit(&trust).await?,
    };
    app.printer.document(&state, || {
        let AuditState { records, head, covered, checkpoints, .. } = &state;
        format!("The {records} records hold; {checkpoints} checkpoints cover {covered} of them; the head is {head}\n")
    })?;
    if !state.trusted {
        app.notes.line("Without --key, signatures were checked with the keys that the record itself names.");
    }
    if args.checkpoint.is_empty() {
        app.notes.line("A checkpoint that was kept elsewhere (--checkpoint FILE) shows also what its writer changed.");
    }
    Ok(Exit::Success)
}

/// A line at a time: a log may be larger than the memory.
fn read_log(path: &Path, trust: Trust) -> Result<AuditState, Failure> {
    let failed = |error: std::io::Error| Failure::io(format!("cannot read {}", input::name(path)), &error);
    let source: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(std::fs::File::open(path).map_err(failed)?)
    };
    let mut check = LogCheck::new(trust)?;
    for line in BufReader::new(source).lines() {
        check.line(&line.map_err(failed)?)?;
    }
    Ok(check.end()?)
}

fn print_proven(app: &mut App, proven: &Proven) -> Outcome {
    let (document, text) = match proven {
        Proven::Record { number, record, checkpoint } => (
            json!({ "schema": 1, "proven": "record", "number": number, "record": record,
                "origin": checkpoint.origin(), "size": checkpoint.size() }),
            format!(
                "Record {number} is one of the {} in the record of {}:\n{record}\n",
                checkpoint.size(),
                checkpoint.origin()
            ),
        ),
        Proven::Growth { from, to } => (
            json!({ "schema": 1, "proven": "growth", "origin": to.origin(), "from": from.size(), "to": to.size() }),
            format!("The record of {} has only grown, from {} to {}\n", to.origin(), from.size(), to.size()),
        ),
    };
    app.printer.document(&document, || text)?;
    Ok(Exit::Success)
}
