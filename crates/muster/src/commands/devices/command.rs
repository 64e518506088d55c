//! `muster devices command`: one command to many devices, through plan, guard and journal.

use clap::Args as Arguments;

use muster_engine::Secrets;
use muster_workflows::bulk::command;
use muster_workflows::selection::select;
use muster_workflows::{Unwatched, words};
use serde_json::{Map, Value};

use super::targets::say_left_out;
use crate::app::App;
use crate::commands::change::{self, Telling};
use crate::error::{Failure, Outcome};
use crate::wiring;

const EXAMPLES: &str = "\
Examples:
  muster devices command SyncDevice --platform WinRT --limit 5
  muster devices command DeviceLock --serial C02XG2JHJGH5 --yes
  muster devices command SoftReset --from-file serials.txt --batch-size 50 --pause 30s --stop-after 5%";

/// What and to whom.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The command, such as SyncDevice or DeviceLock
    pub(crate) name: String,
    /// A parameter of the command; may be given several times
    #[arg(long = "parameter", value_name = "KEY=VALUE")]
    pub(crate) parameters: Vec<String>,
    #[command(flatten)]
    pub(crate) targets: super::targets::TargetFlags,
    #[command(flatten)]
    pub(crate) pacing: crate::commands::change::Pacing,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let name = words::command(&args.name)?;
    let parameters = parameters(&args.parameters)?;
    let targets = args.targets.targets()?;
    let connected = wiring::connect(app).await?;
    command::check(&connected.client, name, &parameters)?;
    let selected = select(&connected.client, &targets, &Unwatched).await?;
    say_left_out(app.notes, &selected);
    let draft = command::draft(&selected, name, &parameters);
    let telling = Telling {
        report: &|plan, tasks| plan.map(|plan| command::report(plan, tasks)).unwrap_or_default(),
        summary: &command::summary,
        problems: 0,
    };
    change::carry_out(app, connected, draft, Secrets::default(), &args.pacing, &telling).await
}

/// `KEY=VALUE`: numbers and true/false as such, everything else as text. A passcode that begins with a zero is a text.
fn parameters(given: &[String]) -> Result<Map<String, Value>, Failure> {
    let mut parameters = Map::new();
    for pair in given {
        let (key, text) = pair
            .split_once('=')
            .filter(|(key, _)| !key.trim().is_empty())
            .ok_or_else(|| Failure::usage(format!("`{pair}` is no parameter")).hint("write --parameter KEY=VALUE"))?;
        let value = match text.parse::<i64>() {
            Ok(number) if number.to_string() == text => number.into(),
            _ => text.parse::<bool>().map_or_else(|_| text.into(), Value::from),
        };
        parameters.insert(key.trim().to_owned(), value);
    }
    Ok(parameters)
}
