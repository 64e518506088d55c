//! `muster apps deploy`: assigns applications to smart groups and watches them arrive.

use clap::Args as Arguments;

use std::time::Duration;

use muster_engine::{Secrets, Tenant};
use muster_model::apps::App as TenantApp;
use muster_store::{Clock as _, SystemClock};
use muster_workflows::deployment::{self, Assignment, Deployment, Installations, Patience, Progress, monitor, retry};
use serde_json::{Value, json};

use crate::app::App;
use crate::commands::change::{self, Finished};
use crate::error::{Exit, Failure, Outcome};
use crate::output::{Format, Heading, Reading};
use crate::{input, wiring};

const EXAMPLES: &str = r#"Examples:
  muster apps deploy --app "Google Chrome" --smart-group "All Devices" --wait 5m --retry-failed
  muster apps deploy --file deployments.yaml -n"#;

/// What, to whom, and how long to watch.
#[derive(Debug, Arguments)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Args {
    /// The application's name
    #[arg(long, value_name = "NAME", requires = "smart_group", required_unless_present = "file")]
    pub(crate) app: Option<String>,
    /// The smart group's name; may be given several times
    #[arg(long, value_name = "NAME", requires = "app")]
    pub(crate) smart_group: Vec<String>,
    /// Auto installs at once, OnDemand lets people choose
    #[arg(long, value_name = "MODE", visible_alias = "assignment-type", requires = "app")]
    pub(crate) push_mode: Option<String>,
    /// Which version, if several share the name [default: the highest active one]
    #[arg(long = "app-version", value_name = "VERSION", requires = "app")]
    pub(crate) app_version: Option<String>,
    /// Which platform, if apps of several share the name
    #[arg(long, value_name = "NAME", requires = "app")]
    pub(crate) platform: Option<String>,
    /// Several deployments from a YAML file
    #[arg(long, value_name = "FILE", conflicts_with = "app")]
    pub(crate) file: Option<std::path::PathBuf>,
    /// Watch until every device has settled, at most this long
    #[arg(long, value_name = "DURATION", value_parser = crate::cli::duration)]
    pub(crate) wait: Option<std::time::Duration>,
    /// Install again on devices where it failed
    #[arg(long)]
    pub(crate) retry_failed: bool,
    #[command(flatten)]
    pub(crate) pacing: crate::commands::change::Pacing,
}

pub(super) async fn run(app: &mut App, args: Args) -> Outcome {
    let deployments = wanted(&args)?;
    let connected = wiring::connect(app).await?;
    let facts = deployment::observe(&connected.client, &deployments, &Reading::new(app)).await?;
    let rollout = deployment::decide(&facts);
    for note in rollout.notes() {
        app.notes.warn(note);
    }
    let options = args.pacing.options(app)?;
    if app.globals.dry_run {
        return change::preview_only(app, &connected.tenant, rollout.draft, &change::View::of(&options)).await;
    }
    let (engine, _alone) = wiring::engine_alone(app).await?;
    let tenant = connected.into_tenant(Secrets::default());
    let (_, assigned) = change::submit(app, &engine, &tenant, rollout.draft.clone(), options.clone()).await?;

    let apps = rollout.apps();
    let mut seen = watch(app, &tenant, &apps, args.wait).await?;
    let mut retried = None;
    if args.retry_failed && !assigned.interrupted && seen.iter().any(|app| app.failed > 0) {
        let failures = retry::observe(&tenant.client, &apps, &Reading::new(app)).await?;
        let again = retry::decide(&failures);
        let (_, finished) = change::submit(app, &engine, &tenant, again.draft.clone(), options).await?;
        seen = watch(app, &tenant, &apps, args.wait).await?;
        retried = Some((again, finished));
    }
    let progress = Progress {
        assigned: &assigned.tasks,
        installations: &seen,
        retry: retried.as_ref().map(|(retry, finished)| (retry, finished.tasks.as_slice())),
    };
    let summary = deployment::summary(&rollout, progress);
    let sheet = change::report_sheet(&deployment::report(&rollout, progress, SystemClock.now()));
    let jobs: Vec<&Finished> =
        std::iter::once(&assigned).chain(retried.as_ref().map(|(_, finished)| finished)).collect();
    if app.printer.format == Format::Json {
        let rows: Vec<Value> = sheet.records().map(|record| serde_json::to_value(record).unwrap_or_default()).collect();
        let jobs: Vec<Value> = jobs.iter().map(|finished| change::about("apps deploy", finished)).collect();
        app.printer.document(&json!({"schema": 1, "deployments": rows, "jobs": jobs}), String::new)?;
    } else {
        app.printer.sheet(&sheet)?;
    }
    let heading =
        Heading { tenant: tenant.name.clone(), figures: summary.figures.clone(), ..Heading::new(summary.title) };
    app.report(&heading, &sheet)?;
    if app.printer.for_people() {
        change::say_summary(app, &summary);
    }
    for finished in &jobs {
        for command in change::next(finished) {
            app.notes.line(format!("  {command}"));
        }
    }
    let problems = rollout.entries.iter().filter(|entry| entry.problem.is_some()).count();
    Ok(exit(&jobs, problems, rollout.entries.len(), args.wait.is_some().then_some(seen.as_slice())))
}

/// What is to be deployed: from the flags, or from a file.
fn wanted(args: &Args) -> Result<Vec<Deployment>, Failure> {
    if let Some(path) = &args.file {
        let name = input::name(path);
        let text = input::read_text(path)?;
        return Ok(deployment::read(&name, &text)?);
    }
    let assignment = args.push_mode.as_deref().map(Assignment::read).transpose()?.unwrap_or_default();
    let one = |group: &String| Deployment {
        app: args.app.clone().unwrap_or_default(),
        smart_group: group.clone(),
        assignment,
        version: args.app_version.clone(),
        platform: args.platform.clone(),
    };
    let deployments: Vec<Deployment> = args.smart_group.iter().map(one).collect();
    deployment::check("the flags", &deployments)?;
    Ok(deployments)
}

/// Looks once, or until everything has settled.
async fn watch(
    app: &App,
    tenant: &Tenant,
    apps: &[TenantApp],
    wait: Option<Duration>,
) -> Result<Vec<Installations>, Failure> {
    let Some(wait) = wait else { return Ok(monitor::status(&tenant.client, apps).await?) };
    let usual = Patience::default();
    let patience = Patience {
        // A short wait is for a fleet that is fast, too.
        propagation: usual.propagation.min(wait / 4),
        every: usual.every.min(wait / 20).max(Duration::from_millis(200)),
        deadline: wait,
    };
    let notes = app.notes;
    let last = std::sync::Mutex::new(Vec::new());
    let tell = |seen: &[Installations]| {
        let Ok(mut last) = last.lock() else { return };
        if last.as_slice() != seen {
            for app in seen {
                notes.line(format!(
                    "{}: {} of {} installed ({:.2}%), {} failed, {} pending",
                    app.app_name,
                    app.installed,
                    app.total_devices,
                    app.rate(),
                    app.failed,
                    app.pending
                ));
            }
            *last = seen.to_vec();
        }
    };
    let watched = tokio::select! {
        watched = monitor::watch(&tenant.client, apps, &patience, &tell) => watched?,
        () = change::interrupted() => {
            return Err(Failure::interrupted("stopped watching; what is assigned stays assigned")
                .hint("muster apps status NAME"));
        }
    };
    if !watched.through {
        notes.warn("the time to wait is over and some devices are still pending");
    }
    Ok(watched.installations)
}

/// The worst that happened. Installations count only if they were waited for.
fn exit(jobs: &[&Finished], problems: usize, deployments: usize, waited: Option<&[Installations]>) -> Exit {
    let failed = jobs.iter().map(|finished| change::exit_of(finished)).find(|exit| *exit != Exit::Success);
    let unsettled = waited.is_some_and(|seen| seen.iter().any(|app| app.failed + app.pending > 0));
    match failed {
        Some(exit) => exit,
        None if problems == deployments => Exit::NotFound,
        None if problems > 0 || unsettled => Exit::Partial,
        None => Exit::Success,
    }
}
