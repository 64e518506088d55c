//! `muster plan apply`: carries a plan out, as far as its targets are still what it says.

use clap::Args as Arguments;
use muster_engine::Plan;
use muster_engine::plan::drift::Drift;
use muster_workflows::Unwatched;
use muster_workflows::recheck::recheck;

use super::named;
use crate::app::App;
use crate::commands::change;
use crate::error::{Failure, Outcome};
use crate::output::plural;
use crate::{prompt, wiring};

/// Which plan.
#[derive(Debug, Arguments)]
pub(crate) struct Args {
    /// The plan's id, its first characters, or a file that `plan export` wrote
    #[arg(value_name = "PLAN")]
    pub(crate) id: String,
    /// How many targets have left, joined or changed, typed as proof of attention where it is more than the policy takes
    #[arg(long, value_name = "N")]
    pub(crate) accept_drift: Option<String>,
    #[command(flatten)]
    pub(crate) secrets: crate::commands::change::SecretFlags,
    #[command(flatten)]
    pub(crate) pacing: crate::commands::change::Pacing,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    if app.globals.dry_run {
        let engine = wiring::engine(app).await?;
        let plan = named::plan(app, &engine, &args.id).await?;
        let connected = wiring::connect(app).await?;
        same_tenant(&plan, &connected.tenant)?;
        tell(app, &plan, &recheck(&connected.client, &plan, &Unwatched).await?);
        let view = change::View::of(&args.pacing.options(app)?).judged(&engine, &plan).await?;
        return change::print_plan(app, &plan, &view);
    }
    let (engine, _alone) = wiring::engine_alone(app).await?;
    let plan = named::plan(app, &engine, &args.id).await?;
    let options = args.pacing.options(app)?;
    let connected = wiring::connect(app).await?;
    same_tenant(&plan, &connected.tenant)?;
    let drift = recheck(&connected.client, &plan, &Unwatched).await?;
    tell(app, &plan, &drift);
    let most = engine.policy().drift.percent;
    if drift.percent() > most {
        let question = format!(
            "{} of {} targets have changed since the plan was made ({:.1} %; the policy takes {most} %).",
            drift.count(),
            drift.checked,
            drift.percent()
        );
        let number = drift.count().to_string();
        let weight = "this is more than the policy takes without a look";
        let asked = prompt::confirm_severe(app, (&question, weight), &number, args.accept_drift.as_deref());
        asked.await.map_err(|declined| drifted(&question, declined))?;
    }
    let tenant = connected.into_tenant(args.secrets.read()?);
    let finished = change::execute_without(app, &engine, &tenant, &plan, options, &drift.left_out()).await?;
    change::print_finished(app, &plan.purpose, &finished, None)
}

fn same_tenant(plan: &Plan, tenant: &str) -> Result<(), Failure> {
    if plan.tenant == tenant {
        return Ok(());
    }
    Err(Failure::usage(format!("the plan is for {}, but the connection is to {tenant}", plan.tenant))
        .hint("name the right tenant with --context"))
}

/// Nobody said that this much drift is all right.
fn drifted(question: &str, declined: Failure) -> Failure {
    let mut failure = Failure::new(declined.exit, "E_DRIFT", "the tenant has drifted from the plan; nothing was sent")
        .because(question);
    for why in &declined.why {
        failure = failure.because(why.as_str());
    }
    let otherwise = "make the plan again";
    failure.hint(match &declined.hint {
        Some(hint) => format!("{otherwise}, or {}", hint.replace("--confirm", "--accept-drift")),
        None => otherwise.to_owned(),
    })
}

/// Names of each kind that are shown; the tasks of the job have all of them.
const NAMED: usize = 5;

fn tell(app: &App, plan: &Plan, drift: &Drift) {
    if drift.count() == 0 {
        if drift.checked > 0 {
            let targets = plural(drift.checked as u64, "target is", "targets are");
            app.notes.line(format!("{} {targets} as the plan says", drift.checked));
        }
        return;
    }
    app.notes.line(format!(
        "Since the plan was made: {} left, {} changed, {} joined ({:.1} % of {} targets)",
        drift.leavers.len(),
        drift.changed.len(),
        drift.joiners.len(),
        drift.percent(),
        drift.checked
    ));
    for (what, items) in [("left", &drift.leavers), ("changed", &drift.changed)] {
        for (index, why) in items.iter().take(NAMED) {
            app.notes.line(format!("  {what}: {}: {why}", plan.items[*index].target.name()));
        }
        if items.len() > NAMED {
            app.notes.line(format!("  {what}: and {} more", items.len() - NAMED));
        }
    }
    for name in drift.joiners.iter().take(NAMED) {
        app.notes.line(format!("  joined: {name}: it is not in the plan, and nothing is sent to it"));
    }
    if drift.joiners.len() > NAMED {
        app.notes.line(format!("  joined: and {} more", drift.joiners.len() - NAMED));
    }
}
