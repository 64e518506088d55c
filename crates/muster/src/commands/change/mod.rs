//! The one way from a draft to a finished job: propose, preview, ask, run, report. A dry run takes the same
//! way and stops after the first step.

mod execute;
mod items;
mod pacing;
mod preview;
mod result;

pub(crate) use execute::{Finished, at_gate, execute, execute_without, interrupted, run_job};
pub(crate) use pacing::{Pacing, SecretFlags};
pub(crate) use preview::{View, print_plan, what_it_means, without_undo};
pub(crate) use result::{about, exit_of, items_sheet, next, past_the_gate, print_finished, report_sheet, say_summary};

use std::path::Path;

use muster_client::Dialect;
use muster_engine::{
    Allowance, Budget, Draft, Engine, JobOptions, Plan, Report, Rings, Secrets, Surroundings, Task, Tenant,
};
use muster_workflows::report::Summary;

use crate::app::App;
use crate::error::{Exit, Failure, Outcome};
use crate::output::{Format, replace};
use crate::wiring::{self, Connected};

/// How a workflow tells what became of its draft.
pub(crate) struct Telling<'a> {
    /// Rows for report files.
    pub(crate) report: &'a (dyn Fn(Option<&Plan>, &[Task]) -> Report + Sync),
    /// Figures for people.
    pub(crate) summary: &'a (dyn Fn(&[Task]) -> Summary + Sync),
    /// How much was refused before anything was planned: a run that leaves something out is not complete.
    pub(crate) problems: usize,
}

/// Takes a draft all the way, or only to its plan under `--dry-run`.
pub(crate) async fn carry_out(
    app: &mut App,
    connected: Connected,
    draft: Draft,
    secrets: Secrets,
    pacing: &Pacing,
    telling: &Telling<'_>,
) -> Outcome {
    let options = pacing.options(app)?;
    if app.globals.dry_run {
        return preview_only(app, &connected.tenant, draft, &View::of(&options)).await;
    }
    let purpose = draft.purpose.clone();
    let (engine, _alone) = wiring::engine_alone(app).await?;
    let tenant = connected.into_tenant(secrets);
    let (plan, finished) = submit(app, &engine, &tenant, draft, options).await?;
    let exit = print_finished(app, &purpose, &finished, Some((telling, plan.as_ref())))?;
    Ok(if exit == Exit::Success && telling.problems > 0 { Exit::Partial } else { exit })
}

/// Makes the plan and shows it; an empty draft makes none.
pub(crate) async fn preview_only(app: &mut App, tenant: &str, draft: Draft, view: &View) -> Outcome {
    if draft.items.is_empty() {
        app.notes.line(format!("{}: nothing to do", draft.purpose));
        let nothing = Finished::nothing(tenant);
        if app.printer.format == Format::Json {
            app.printer.document(&about(&draft.purpose, &nothing), String::new)?;
        }
        return Ok(Exit::Success);
    }
    let engine = wiring::engine(app).await?;
    let plan = propose(app, &engine, draft, tenant, view).await?;
    print_plan(app, &plan, &view.clone().judged(&engine, &plan).await?)
}

/// Puts a draft before the guard, with what the tenant that was spoken to says about it, and writes the plan down where
/// that was asked for.
pub(crate) async fn propose(
    app: &App,
    engine: &Engine,
    draft: Draft,
    tenant: &str,
    view: &View,
) -> Result<Plan, Failure> {
    let draft = match app.spoken.get() {
        Some(spoken) => engine.devices_of(&spoken.client, draft).await,
        None => draft,
    };
    let known = ask(app, engine, &draft).await?.unwrap_or_default();
    let plan = engine.propose_knowing(draft, app.requester(), tenant, known).await?;
    if let Some(path) = &app.globals.plan_file {
        write_plan(&plan, path, &view.rings)?;
        app.notes.line(format!("Plan:   {}", path.display()));
    }
    Ok(plan)
}

/// What the tenant that was spoken to says about a draft; `None` if none was.
pub(crate) async fn ask(app: &App, engine: &Engine, draft: &Draft) -> Result<Option<Surroundings>, Failure> {
    let Some(spoken) = app.spoken.get() else { return Ok(None) };
    let allowance = match &spoken.quota {
        Some(quota) => quota.allowance().await?,
        None => Allowance::default(),
    };
    let mut known = engine.ask(&spoken.client, draft).await;
    let per_second = allowance.per_second.unwrap_or(f64::INFINITY).min(spoken.rate);
    let bulk = spoken.client.dialect() == Dialect::Published;
    known.budget = Some(Budget { left_today: allowance.left_today, per_second, bulk });
    known.read_at = Some(spoken.since);
    Ok(Some(known))
}

/// Writes a plan as a file that `plan import` and `plan apply` take.
pub(crate) fn write_plan(plan: &Plan, path: &Path, rings: &Rings) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::io(format!("cannot write the plan {}", path.display()), &error);
    let mut text = serde_json::to_vec_pretty(&plan.to_document(rings))
        .map_err(|error| Failure::internal("cannot write the plan").because(error.to_string()))?;
    text.push(b'\n');
    replace(path, &text).map_err(failed)
}

/// Proposes a draft and carries the plan out. A draft without items makes no plan.
pub(crate) async fn submit(
    app: &App,
    engine: &Engine,
    tenant: &Tenant,
    draft: Draft,
    options: JobOptions,
) -> Result<(Option<Plan>, Finished), Failure> {
    if draft.items.is_empty() {
        return Ok((None, Finished::nothing(&tenant.name)));
    }
    let plan = propose(app, engine, draft, &tenant.name, &View::of(&options)).await?;
    let finished = execute(app, engine, tenant, &plan, options).await?;
    Ok((Some(plan), finished))
}
