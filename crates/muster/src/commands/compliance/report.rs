//! `muster compliance report`.

use clap::Args as Arguments;

use muster_store::{Clock as _, SystemClock};
use muster_workflows::compliance;

use crate::app::App;
use crate::commands::change;
use crate::error::{Exit, Outcome};
use crate::output::{Heading, Reading};
use crate::wiring;

/// No arguments.
#[derive(Debug, Arguments)]
pub(crate) struct Args {}

/// Columns that a terminal has room for; the others say what was done, and nothing was.
const ON_SCREEN: [&str; 6] = ["DeviceId", "DeviceName", "Platform", "OSVersion", "LastSeen", "BrokenRules"];

pub(super) async fn run(app: &mut App, _args: Args) -> Outcome {
    let client = wiring::connect(app).await?.client;
    let facts = compliance::observe_rules(&client, &Reading::new(app)).await?;
    let mut sheet = change::report_sheet(&compliance::findings(&facts, SystemClock.now()));
    for column in &mut sheet.columns {
        column.on_screen = ON_SCREEN.contains(&column.key.as_str());
    }
    let overview = compliance::overview(&facts);
    let heading = Heading {
        tenant: wiring::tenant_name(client.url()),
        figures: overview.figures.clone(),
        ..Heading::new(overview.title)
    };
    app.list(&sheet, heading)?;
    if app.printer.for_people() {
        change::say_summary(app, &overview);
    }
    Ok(Exit::Success)
}
