//! `muster api call`: reads run, changes go through a plan like everything else.

use clap::Args as Arguments;
use muster_client::Arguments as Given;
use muster_engine::{Draft, Secrets};
use muster_model::Effect;
use muster_model::catalog::facts::Operation;

use super::given::CallFlags;
use super::{answer, names};
use crate::app::App;
use crate::commands::change;
use crate::error::{Exit, Failure, Outcome};
use crate::wiring;

const EXAMPLES: &str = "\
Examples:
  muster api call devices.search -f platform=Apple --all -o csv
  muster api call mdmv1/Tags_AddTag --body '{\"TagName\":\"Pilot\",\"TagType\":1,\"LocationGroupId\":570}' --dry-run
  muster api call users.add --body @user.json --secret Password=env:NEW_PASSWORD --yes
  muster api call BlobsV1_DownloadBlobAsync -f blobId=12 --out-file app.ipa";

/// Which operation, with what.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// Its key or id, or the short name of a typed one: see `muster api list`
    #[arg(value_name = "OPERATION")]
    pub(crate) operation: String,
    #[command(flatten)]
    pub(crate) flags: CallFlags,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let operation = names::named(&args.operation, args.flags.dialect)?;
    let given = args.flags.arguments(app, operation, &[]).await?;
    carry_out(app, operation, given, &args.flags).await
}

/// A read at once, a change through a plan.
pub(super) async fn carry_out(
    app: &mut App,
    operation: &'static Operation,
    given: Given,
    flags: &CallFlags,
) -> Outcome {
    // What does not fit is said before anybody connects.
    let misfit = |what: String| Failure::usage(what).hint(format!("muster api show {}", operation.key));
    operation.prepare(operation.facts(), &given).map_err(|misfit_of| misfit(misfit_of.to_string()))?;
    if let Some(expression) = &flags.jq {
        answer::check(expression)?;
    }
    if operation.effect() == Effect::Read {
        return read(app, operation, &given, flags).await;
    }
    if flags.all || flags.limit.is_some() {
        return Err(Failure::usage("--all and --limit are for lists, and this operation changes something"));
    }
    let (draft, withheld) = Draft::of_call(operation, &given).map_err(misfit)?;
    let connected = wiring::connect(app).await?;
    let options = flags.pacing.options(app)?;
    if app.globals.dry_run {
        return change::preview_only(app, &connected.tenant, draft, &change::View::of(&options)).await;
    }
    let purpose = draft.purpose.clone();
    let (engine, _alone) = wiring::engine_alone(app).await?;
    let tenant = connected.into_tenant(Secrets::from(withheld));
    let (_, finished) = change::submit(app, &engine, &tenant, draft, options).await?;
    answer::print_finished(app, &purpose, &finished, tenant.secrets.answers(), flags)
}

async fn read(app: &mut App, operation: &'static Operation, given: &Given, flags: &CallFlags) -> Outcome {
    let client = wiring::connect(app).await?.client;
    if flags.all || flags.limit.is_some() {
        let mut list = client.list(operation, given)?;
        if let Some(rows) = flags.limit {
            list = list.limit(rows as usize);
        }
        let rows = list.collect().await?;
        answer::print_rows(app, operation, &rows, flags)?;
    } else {
        let answer = client.call(operation, given).await?;
        answer::print(app, operation, answer, flags)?;
    }
    answer::say_calls(app, &client);
    Ok(Exit::Success)
}
