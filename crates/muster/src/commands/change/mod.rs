//! The one way from a draft to a finished job: propose, preview, ask, run, report. A dry run takes the same
//! way and stops after the first step.

mod execute;
mod pacing;
mod preview;
mod result;

pub(crate) use execute::{Finished, execute, interrupted, run_job};
pub(crate) use pacing::{Pacing, SecretFlags};
pub(crate) use preview::{plan_sheet, print_plan};
pub(crate) use result::{exit_of, heading, items_sheet, print_finished, summary_line};

use muster_engine::{Draft, Plan, Report, Secrets, Task};

use crate::app::App;
use crate::error::Outcome;
use crate::wiring::{self, Connected};

/// How a workflow puts a plan and its outcomes into a report's rows.
pub(crate) type Reporter<'a> = &'a (dyn Fn(&Plan, &[Task]) -> Report + Sync);

/// Takes a draft all the way, or only to its plan under `--dry-run`.
pub(crate) async fn carry_out(
    app: &mut App,
    connected: Connected,
    draft: Draft,
    secrets: Secrets,
    pacing: &Pacing,
    reporter: Reporter<'_>,
) -> Outcome {
    if app.globals.dry_run {
        let plan = wiring::engine(app).await?.propose(draft, &app.person(), &connected.tenant).await?;
        return print_plan(app, &plan);
    }
    let options = pacing.options(app)?;
    let (engine, _alone) = wiring::engine_alone(app).await?;
    let plan = engine.propose(draft, &app.person(), &connected.tenant).await?;
    let tenant = connected.into_tenant(secrets);
    let finished = execute(app, &engine, &tenant, &plan, options).await?;
    let report = reporter(&plan, &finished.tasks);
    print_finished(app, &plan.purpose, &finished, Some(&report))
}
