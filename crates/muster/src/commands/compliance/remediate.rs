//! `muster compliance remediate`: the rule table applied to every non-compliant device.

use clap::Args as Arguments;

use std::path::Path;

use muster_engine::Secrets;
use muster_store::{Clock as _, SystemClock};
use muster_workflows::compliance::{self, RuleTable};

use crate::app::App;
use crate::commands::change::{self, Telling};
use crate::error::{Exit, Failure, Outcome};
use crate::input;
use crate::output::Reading;
use crate::wiring;

/// By which rules.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// Rules of your own (TOML) instead of the built-in ladder
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: Option<std::path::PathBuf>,
    #[command(flatten)]
    pub(crate) pacing: crate::commands::change::Pacing,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let table = args.rules.as_deref().map(rules).transpose()?.unwrap_or_default();
    let connected = wiring::connect(app).await?;
    let facts = compliance::observe(&connected.client, &Reading::new(app)).await?;
    let now = SystemClock.now();
    let remediation = compliance::decide(&table, &facts, now);
    let telling = Telling {
        report: &|_, tasks| compliance::report(&table, &facts, &remediation, tasks, now),
        summary: &|tasks| compliance::summary(&facts, &remediation, tasks),
        problems: facts.cases.iter().filter(|case| case.unread.is_some()).count(),
    };
    change::carry_out(app, connected, remediation.draft.clone(), Secrets::default(), &args.pacing, &telling).await
}

/// A rule table from a TOML file.
fn rules(path: &Path) -> Result<RuleTable, Failure> {
    let name = input::name(path);
    let text = input::read_text(path)?;
    let table: RuleTable = toml_edit::de::from_str(&text).map_err(|error| {
        let mut failure = Failure::new(Exit::Usage, "E_INPUT", String::new());
        failure.said(&format!("{name} is no rule table\n{error}"));
        failure
    })?;
    table.check(&name)?;
    Ok(table)
}
