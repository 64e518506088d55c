//! `muster apps unassign`: takes an application away from smart groups.

use clap::Args as Arguments;

use muster_engine::{Action, Secrets, Target};
use muster_workflows::bulk::{change as wishes, named};

use crate::app::App;
use crate::commands::change::{self, Pacing, Telling};
use crate::error::Outcome;
use crate::wiring;

/// Which application and which groups.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The app: its name or number
    #[arg(value_name = "APP")]
    pub(crate) app: String,
    /// A smart group; may be given several times
    #[arg(long, value_name = "GROUP", required = true)]
    pub(crate) group: Vec<String>,
    #[command(flatten)]
    pub(crate) pacing: Pacing,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let connected = wiring::connect(app).await?;
    let found = named::app(&connected.client, &args.app).await?;
    let mut groups = Vec::new();
    for name in &args.group {
        groups.push(named::smart_group(&connected.client, name).await?);
    }
    let target = Target::App { id: found.id.0, uuid: found.uuid, name: found.application_name };
    let draft = wishes::draft_of("apps unassign", [(target, Vec::new())], &Action::UnassignApp { groups });
    let telling = Telling { report: &|_, tasks| wishes::report(tasks), summary: &wishes::summary, problems: 0 };
    change::carry_out(app, connected, draft, Secrets::default(), &args.pacing, &telling).await
}
