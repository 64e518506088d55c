//! Apps from assignment to installation, with another try for what failed.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use muster_client::Dialect;
use muster_engine::TaskState;
use muster_model::apps::App;
use muster_workflows::Unwatched;
use muster_workflows::deployment::{Installations, Patience, Progress, decide, monitor, observe, read, report, retry};

use crate::stage::{Stage, column, count};

const DEPLOYMENTS: &str = "deployments:
- app: Microsoft Office 365
  smart_group: All Windows Devices
- app: Adobe Acrobat Reader DC
  smart_group: All Windows Devices
- app: Google Chrome
  smart_group: All Devices
- app: No Such App
  smart_group: All Devices
";

#[tokio::test]
async fn apps_are_assigned_watched_and_retried_guide() {
    apps_are_assigned_watched_and_retried(Dialect::Guide).await;
}

#[tokio::test]
async fn apps_are_assigned_watched_and_retried_published() {
    apps_are_assigned_watched_and_retried(Dialect::Published).await;
}

async fn apps_are_assigned_watched_and_retried(dialect: Dialect) {
    let stage = Stage::new(dialect, 200).await;
    let deployments = read("deployments.yaml", DEPLOYMENTS).expect("reads");
    let facts = observe(&stage.client, &deployments, &Unwatched).await.expect("reads");
    let rollout = decide(&facts);
    assert_eq!(rollout.notes(), ["app not found: No Such App"]);
    let (_, assigned) = stage.run(rollout.draft.clone()).await;
    assert_eq!(count(&assigned, TaskState::Done), 3, "{assigned:?}");

    let apps = rollout.apps();
    let first = watched(&stage, &apps, 12).await;
    assert!(first.iter().all(|app| app.total_devices > 0), "{first:?}");
    assert!(first.iter().any(|app| app.installed > 0), "{first:?}");
    let failed: usize = first.iter().map(|app| app.failed).sum();
    assert!(failed > 0, "some installations fail: {first:?}");

    let failures = retry::observe(&stage.client, &apps, &Unwatched).await.expect("reads");
    assert_eq!(failures.len(), failed);
    let again = retry::decide(&failures);
    let (_, retried) = stage.run(again.draft.clone()).await;
    assert!(count(&retried, TaskState::Done) > 0);
    let second = watched(&stage, &apps, 12).await;
    let installed = |all: &[Installations]| all.iter().map(|app| app.installed).sum::<usize>();
    assert!(installed(&second) > installed(&first), "{first:?} {second:?}");

    let progress = Progress { assigned: &assigned, installations: &second, retry: Some((&again, &retried)) };
    let told = report(&rollout, progress, stage.uem.now());
    assert_eq!(column(&told, "AssignmentSuccess"), ["True", "True", "True", "False"]);
    let counted: usize =
        column(&told, "RetriedDevices").iter().map(|cell| cell.parse::<usize>().expect("a number")).sum();
    assert_eq!(counted, count(&retried, TaskState::Done));
    assert_eq!(column(&told, "reason")[3], "app not found: No Such App");

    let facts = observe(&stage.client, &deployments, &Unwatched).await.expect("reads");
    assert!(decide(&facts).draft.items.iter().all(|item| item.nothing_to_do.is_some()), "assigned already");
}

/// Lets the fleet live for some hours, and watches the apps meanwhile.
async fn watched(stage: &Stage, apps: &[App], hours: u64) -> Vec<Installations> {
    // Devices that are offline for ever keep their installations pending, so the deadline ends it.
    let patience = Patience {
        propagation: Duration::ZERO,
        every: Duration::from_millis(50),
        deadline: Duration::from_millis(500),
    };
    let looks = AtomicUsize::new(0);
    let count = |_: &[Installations]| {
        looks.fetch_add(1, Ordering::Relaxed);
    };
    stage.hours(hours).await;
    let watched = monitor::watch(&stage.client, apps, &patience, &count).await.expect("reads");
    assert!(looks.load(Ordering::Relaxed) > 0);
    assert_eq!(watched.through, watched.installations.iter().all(|app| app.pending == 0));
    watched.installations
}
