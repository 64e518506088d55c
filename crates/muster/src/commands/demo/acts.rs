//! What the demo shows, act by act. Every act reads like the command that does the same.

use std::time::Duration;

use muster_client::DeviceFilter;
use muster_engine::{Secrets, TaskState, Verdict};
use muster_model::commands::Command;
use muster_model::words::Platform;
use muster_workflows::bulk::{command, tags};
use muster_workflows::report::Summary;
use muster_workflows::selection::{Targets, select};
use muster_workflows::{Unwatched, compliance, deployment, provisioning};

use super::stage::Stage;
use crate::app::App;
use crate::error::{Exit, Failure, Outcome};

/// How long an act waits for the fleet to follow, at most.
const PATIENCE: Duration = Duration::from_secs(12);
const LOOK: Duration = Duration::from_secs(1);

pub(super) async fn play(app: &App, stage: &mut Stage) -> Outcome {
    connectivity(app, stage).await?;
    bulk_operations(app, stage).await?;
    monitor_compliance(app, stage).await?;
    provision_users(app, stage).await?;
    deploy_apps(app, stage).await?;
    Ok(Exit::Success)
}

async fn connectivity(app: &App, stage: &mut Stage) -> Result<(), Failure> {
    stage.title("Connectivity test");
    let info = stage.client().system_info().await?;
    stage.check(format!("API connectivity ({} dialect)", stage.client().dialect()));
    let time = info.server_time.map(|time| time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()).unwrap_or_default();
    let (devices, total) = stage.client().device_page(&DeviceFilter::default(), 10).await?;
    stage.check("Device query");
    let sample = devices.first().map(|device| device.device_friendly_name.to_string()).unwrap_or_default();
    stage.close(
        app,
        Summary::of("Tenant")
            .with("Server version", info.product_version)
            .with("Build number", info.build_number)
            .with("Server time", time)
            .with("Total devices", total)
            .with("Devices returned", devices.len())
            .with("Sample device", sample),
    );
    Ok(())
}

async fn bulk_operations(app: &App, stage: &mut Stage) -> Result<(), Failure> {
    stage.title("Bulk device operations");
    let windows = DeviceFilter { platform: Some(Platform::WinRt), ..DeviceFilter::default() };
    let selected = select(stage.client(), &Targets::of(windows, None, Vec::new())?, &Unwatched).await?;
    stage.say(format!("Found {} enrolled Windows devices", selected.devices.len()));

    let draft = command::draft(&selected, Command::SyncDevice, &serde_json::Map::new());
    let synced = stage.carry_out(draft, Secrets::default()).await?;
    let summary = command::summary(&synced.tasks);
    stage.file("bulk-commands", "Bulk command: SyncDevice", &summary, &command::report(&synced.plan, &synced.tasks))?;
    stage.close(app, summary);

    let change = tags::Change { add: vec!["BulkManaged".to_owned(), "APIControlled".to_owned()], remove: Vec::new() }
        .checked()?;
    let facts = tags::observe(stage.client(), &change, selected, &Unwatched).await?;
    let tagged = stage.carry_out(tags::draft(&change, &facts), Secrets::default()).await?;
    let summary = tags::summary(&tagged.tasks);
    stage.file(
        "bulk-tags",
        "Tags: BulkManaged, APIControlled",
        &summary,
        &tags::report(&tagged.plan, &tagged.tasks),
    )?;
    stage.close(app, summary);
    Ok(())
}

async fn monitor_compliance(app: &App, stage: &mut Stage) -> Result<(), Failure> {
    stage.title("Compliance monitoring");
    let table = compliance::RuleTable::default();
    let facts = compliance::observe(stage.client(), &Unwatched).await?;
    for (name, figure) in compliance::overview(&facts).figures {
        stage.say(format!("{name}: {figure}"));
    }
    let remediation = compliance::decide(&table, &facts, stage.now());
    let carried = stage.carry_out(remediation.draft.clone(), Secrets::default()).await?;
    let report = compliance::report(&table, &facts, &remediation, &carried.tasks, stage.now());
    let mut summary = compliance::summary(&facts, &remediation, &carried.tasks);

    let held = carried.plan.count(Verdict::Hold);
    if held > 0 {
        stage.say(format!("{held} wipes are on hold: no rule wipes by itself, somebody has to approve it by name"));
    }
    let (before, after) = (facts.cases.len(), follow(stage, facts.cases.len()).await?);
    stage.check(format!("Non-compliant devices: {before} before, {after} after the fleet has followed"));
    summary = summary.with("Non-compliant devices afterwards", after);
    stage.file("compliance", "Compliance remediation", &summary, &report)?;
    stage.close(app, summary);
    Ok(())
}

/// Looks until the number of non-compliant devices no longer falls, or patience ends.
async fn follow(stage: &Stage, before: usize) -> Result<usize, Failure> {
    let (mut last, mut still) = (before, 0);
    let deadline = tokio::time::Instant::now() + PATIENCE;
    while still < 4 && tokio::time::Instant::now() < deadline {
        stage.wait(LOOK).await;
        let now = stage.client().noncompliant_devices().await?.len();
        still = if now < last { 0 } else { still + 1 };
        last = now;
    }
    Ok(last)
}

async fn provision_users(app: &App, stage: &mut Stage) -> Result<(), Failure> {
    stage.title("User provisioning");
    let csv = provisioning::sample();
    stage.keep("users.csv", csv)?;
    let table = provisioning::Table::read("users.csv", csv.as_bytes())?;
    let facts = provisioning::observe(stage.client(), &table, &Unwatched).await?;
    let wanted = provisioning::decide(&table, &facts)?;
    let secrets: Secrets = wanted.secrets.iter().cloned().collect();
    let carried = stage.carry_out(wanted.draft.clone(), secrets).await?;
    let mut summary = provisioning::summary(&wanted, &carried.tasks);

    // The same file once more: an automation that runs every night must come to rest.
    let facts = provisioning::observe(stage.client(), &table, &Unwatched).await?;
    let again = provisioning::decide(&table, &facts)?;
    let left = again.draft.items.iter().filter(|item| item.nothing_to_do.is_none()).count();
    stage.check(format!("The same file once more: {left} changes"));
    summary = summary.with("Changes when run again", left);
    let report = provisioning::report(&table, &wanted, &carried.tasks, stage.now());
    stage.file("user-provisioning", "User provisioning", &summary, &report)?;
    stage.close(app, summary);
    Ok(())
}

const DEPLOYMENTS: &str = "\
deployments:
  - app: Microsoft Office 365
    smart_group: All Windows Devices
  - app: Adobe Acrobat Reader DC
    smart_group: All Windows Devices
  - app: Google Chrome
    smart_group: All Devices
";

async fn deploy_apps(app: &App, stage: &mut Stage) -> Result<(), Failure> {
    stage.title("Application deployment");
    stage.keep("deployments.yaml", DEPLOYMENTS)?;
    let wishes = deployment::read("deployments.yaml", DEPLOYMENTS)?;
    let facts = deployment::observe(stage.client(), &wishes, &Unwatched).await?;
    let rollout = deployment::decide(&facts);
    for note in rollout.notes() {
        stage.say(note);
    }
    let assigned = stage.carry_out(rollout.draft.clone(), Secrets::default()).await?;
    publish(stage, &assigned.tasks).await?;

    let apps = rollout.apps();
    let watched = watch(stage, &apps).await?;
    let failures = deployment::retry::observe(stage.client(), &apps, &Unwatched).await?;
    let retry = deployment::retry::decide(&failures);
    stage.say(format!("{} installations failed; trying them once more", failures.len()));
    let retried = stage.carry_out(retry.draft.clone(), Secrets::default()).await?;
    let installations = if retried.job.is_some() { watch(stage, &apps).await? } else { watched };

    let progress = deployment::Progress {
        assigned: &assigned.tasks,
        installations: &installations,
        retry: Some((&retry, &retried.tasks)),
    };
    let summary = deployment::summary(&rollout, progress);
    let report = deployment::report(&rollout, progress, stage.now());
    stage.file("app-deployment", "Application deployment", &summary, &report)?;
    stage.close(app, summary);
    Ok(())
}

/// Waits for the operations that publish the assignments, where the tenant names them.
async fn publish(stage: &Stage, tasks: &[muster_engine::Task]) -> Result<(), Failure> {
    for task in tasks.iter().filter(|task| task.state == TaskState::Done) {
        let Some(operation) = task.command_id.as_deref() else { continue };
        let ended = stage.client().wait_operation(operation, PATIENCE, LOOK / 2, &|_| {}).await?;
        stage.check(format!("Published: {}, {} ({}%)", task.target.name(), task.action.describe(), ended.progress));
    }
    Ok(())
}

async fn watch(stage: &Stage, apps: &[muster_model::apps::App]) -> Result<Vec<deployment::Installations>, Failure> {
    let patience = deployment::Patience { propagation: Duration::from_secs(3), every: LOOK * 2, deadline: PATIENCE };
    let watched = deployment::monitor::watch(stage.client(), apps, &patience, &|seen| {
        let (installed, failed, pending) =
            seen.iter().fold((0, 0, 0), |sum, app| (sum.0 + app.installed, sum.1 + app.failed, sum.2 + app.pending));
        stage.say(format!("Installed {installed}, failed {failed}, pending {pending}"));
    })
    .await?;
    if !watched.through {
        stage.say("The rest is out of reach: those devices install when they come back.");
    }
    Ok(watched.installations)
}
