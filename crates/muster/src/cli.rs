//! The command line: the tree of commands and the flags that all of them take.

use std::process::ExitCode;

use clap::builder::styling::{AnsiColor, Styles};
use clap::{ArgMatches, Args, FromArgMatches, Parser, Subcommand};

use crate::commands::Command;
use crate::config::Environment;
use crate::error::Failure;
use crate::output::{Format, ReportFile};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Yellow.on_default().bold())
    .usage(AnsiColor::Yellow.on_default().bold())
    .literal(AnsiColor::Green.on_default());

const AFTER: &str = "\
Start here:
  muster demo            everything at once, against a UEM of its own
  muster context add prod --url https://HOST --username API --password env:PW --tenant-code env:CODE
  muster doctor          is the tenant reachable, and am I signed in?

Exit codes:
  0 done          3 sign-in       6 rate limit           9 not reachable
  1 unexpected    4 not found     7 some items failed    130 interrupted
  2 usage, input  5 permission    8 refused or on hold   10 differences (--detailed-exitcode)";

/// Automate a Workspace ONE UEM fleet: plan, guard, run, prove
#[derive(Debug, Parser)]
#[command(name = "muster", version, after_help = AFTER, styles = STYLES, max_term_width = 110)]
#[command(subcommand_required = true, arg_required_else_help = true, infer_subcommands = false)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Verbs of a noun that are set up when the noun is typed: the tree of all commands costs a millisecond.
#[derive(Debug)]
pub(crate) struct Later<Verb>(pub(crate) Verb);

impl<Verb: FromArgMatches> FromArgMatches for Later<Verb> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        Verb::from_arg_matches(matches).map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        self.0.update_from_arg_matches(matches)
    }
}

impl<Verb: Subcommand> Subcommand for Later<Verb> {
    fn augment_subcommands(command: clap::Command) -> clap::Command {
        command.defer(|noun| {
            // What the noun is about is said where it stands in the list of nouns.
            let about = noun.get_about().cloned().unwrap_or_default();
            Verb::augment_subcommands(noun).about(about)
        })
    }

    fn augment_subcommands_for_update(command: clap::Command) -> clap::Command {
        Self::augment_subcommands(command)
    }

    fn has_subcommand(name: &str) -> bool {
        Verb::has_subcommand(name)
    }
}

/// Flags of every command.
#[derive(Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub(crate) struct Globals {
    /// table, json, jsonl or csv [default: table on a terminal, else json] [env: MUSTER_OUTPUT]
    #[arg(short, long, global = true, value_name = "FORMAT", value_enum, hide_possible_values = true)]
    pub(crate) output: Option<Format>,

    /// Also write the result to FILE: .csv, .json or .html; may be given several times
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) report: Vec<ReportFile>,

    /// Show the plan with a verdict for every item, and stop
    #[arg(short = 'n', long, global = true)]
    pub(crate) dry_run: bool,

    /// Answer questions with yes
    #[arg(short, long, global = true)]
    pub(crate) yes: bool,

    /// Never ask; also when stdin is no terminal
    #[arg(long, global = true)]
    pub(crate) no_input: bool,

    /// The tenant to speak to [env: MUSTER_CONTEXT]
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) context: Option<String>,

    /// Further certificate authorities, a PEM file [env: MUSTER_CA_FILE]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca_file: Option<std::path::PathBuf>,

    /// The guard's policy, instead of muster.policy.toml beside the configuration [env: MUSTER_POLICY]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) policy: Option<std::path::PathBuf>,

    /// Also write the plan to FILE, to be looked at or applied elsewhere
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) plan_file: Option<std::path::PathBuf>,

    /// Requests in flight at once
    #[arg(long, global = true, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub(crate) lanes: Option<u16>,

    /// Requests per second
    #[arg(long, global = true, value_name = "N", value_parser = rate)]
    pub(crate) rate: Option<f64>,

    /// Ask the tenant also for lists that were read a moment ago
    #[arg(long, global = true)]
    pub(crate) fresh: bool,

    /// Use the part of today's calls that is kept for urgent work
    #[arg(long, global = true)]
    pub(crate) urgent: bool,

    /// How progress is shown on stderr: auto, plain, json or none
    #[arg(long, global = true, value_name = "HOW", value_enum, default_value_t, hide_default_value = true)]
    #[arg(hide_possible_values = true)]
    pub(crate) progress: ProgressStyle,

    /// No colours [env: NO_COLOR]
    #[arg(long, global = true)]
    pub(crate) no_color: bool,

    /// Say more on stderr; twice for requests, three times for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(crate) verbose: u8,
}

/// How progress is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ProgressStyle {
    /// A bar on a terminal, lines otherwise.
    #[default]
    Auto,
    /// A line now and then.
    Plain,
    /// One JSON object per event.
    Json,
    /// Nothing.
    None,
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(rate) if rate.is_finite() && rate > 0.0 => Ok(rate),
        _ => Err(String::from("requests per second are a number above 0")),
    }
}

/// A duration such as `500ms`, `30s`, `5m` or `1h30m`; a bare number counts seconds.
pub(crate) fn duration(text: &str) -> Result<std::time::Duration, String> {
    let bad = || format!("`{text}` is not a duration; write 30s, 5m or 1h30m");
    if let Ok(seconds) = text.parse::<f64>() {
        return std::time::Duration::try_from_secs_f64(seconds).map_err(|_| bad());
    }
    let signed: jiff::SignedDuration = text.parse().map_err(|_| bad())?;
    std::time::Duration::try_from(signed).map_err(|_| bad())
}

/// Whether failures are written as JSON: only when asked for by name, since stderr is for people.
pub(crate) fn wants_json(flag: Option<Format>, environment: &Environment) -> bool {
    let format = flag.or_else(|| named_format(environment).ok().flatten());
    matches!(format, Some(Format::Json | Format::Jsonl))
}

/// The format that `MUSTER_OUTPUT` names.
pub(crate) fn named_format(environment: &Environment) -> Result<Option<Format>, Failure> {
    use clap::ValueEnum as _;
    environment
        .get("MUSTER_OUTPUT")
        .map(|word| {
            Format::from_str(&word, true).map_err(|_| {
                Failure::usage(format!("MUSTER_OUTPUT names no format: `{word}`")).hint("use table, json, jsonl or csv")
            })
        })
        .transpose()
}

/// Prints what clap has to say: help and version to stdout, usage errors to stderr.
pub(crate) fn complain(error: &clap::Error, environment: &Environment) -> ExitCode {
    use clap::error::ErrorKind;
    let help = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    // The arguments could not be read, so the wish for JSON is looked for by hand.
    let args: Vec<String> = std::env::args_os().map(|arg| arg.to_string_lossy().into_owned()).collect();
    let asked = args
        .windows(2)
        .any(|pair| (pair[0] == "-o" || pair[0] == "--output") && matches!(pair[1].as_str(), "json" | "jsonl"))
        || args
            .iter()
            .any(|arg| matches!(arg.as_str(), "-ojson" | "-ojsonl" | "-o=json" | "--output=json" | "--output=jsonl"));
    if !help && (asked || wants_json(None, environment)) {
        let text = error.render().to_string();
        let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        crate::output::Notes::plain().line(Failure::usage(message).json());
    } else {
        let _ = error.print();
    }
    ExitCode::from(if help { 0 } else { crate::error::Exit::Usage.number() })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_tree_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn durations_read_as_people_write_them() {
        let millis = |text| duration(text).map(|duration| duration.as_millis()).ok();
        assert_eq!(millis("500ms"), Some(500));
        assert_eq!(millis("5m"), Some(300_000));
        assert_eq!(millis("1h30m"), Some(5_400_000));
        assert_eq!(millis("2"), Some(2_000));
        assert_eq!((millis("-5s"), millis("soon")), (None, None));
    }
}
