//! One row per deployment: whether the app is assigned, and how far it has come on the devices.

use jiff::Timestamp;
use muster_engine::{Report, Task};
use muster_model::ids::AppId;

use super::decide::{Entry, Rollout};
use super::monitor::Installations;
use super::retry::Retry;
use crate::report::{Outcome, Row, Summary, assemble, done, instant};

/// Columns of the report, beside the outcome's: the guide's.
pub const COLUMNS: [&str; 11] = [
    "ApplicationName",
    "ApplicationId",
    "SmartGroup",
    "AssignmentSuccess",
    "TotalDevices",
    "InstalledDevices",
    "FailedDevices",
    "PendingDevices",
    "InstallationRate",
    "RetriedDevices",
    "Timestamp",
];

/// Everything that is known once a rollout has been run, watched and retried; each part may be missing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Progress<'a> {
    /// Tasks of the rollout's job.
    pub assigned: &'a [Task],
    pub installations: &'a [Installations],
    /// The retry, with the tasks of its job.
    pub retry: Option<(&'a Retry, &'a [Task])>,
}

impl Progress<'_> {
    fn installations(&self, app: AppId) -> Option<&Installations> {
        self.installations.iter().find(|known| known.app == app)
    }

    fn retried(&self, app: AppId) -> usize {
        self.retry.map_or(0, |(retry, tasks)| retry.sent(app, tasks))
    }

    /// Whether the smart group has the app.
    fn success(&self, entry: &Entry) -> bool {
        entry.assigned || (!entry.items.is_empty() && entry.items.clone().all(|index| done(self.assigned, index)))
    }
}

/// The report of a rollout. Without tasks it tells what is planned.
pub fn report(rollout: &Rollout, progress: Progress<'_>, now: Timestamp) -> Report {
    let rows = rollout.entries.iter().map(|entry| {
        let app = entry.app.as_ref().map(|app| app.id.0);
        let seen = app.and_then(|app| progress.installations(app));
        let figure = |of: fn(&Installations) -> usize| seen.map(|seen| of(seen).to_string()).unwrap_or_default();
        let outcome = match &entry.problem {
            Some(problem) => Outcome::failed(problem),
            None => Outcome::of(&rollout.draft, progress.assigned, entry.items.clone()),
        };
        let name = entry.app.as_ref().map_or(&entry.app_name, |app| &app.application_name);
        let own = vec![
            name.clone(),
            app.map(|id| id.to_string()).unwrap_or_default(),
            entry.group_name.clone(),
            if progress.success(entry) { "True" } else { "False" }.to_owned(),
            figure(|seen| seen.total_devices),
            figure(|seen| seen.installed),
            figure(|seen| seen.failed),
            figure(|seen| seen.pending),
            seen.map(|seen| format!("{:.2}", seen.rate())).unwrap_or_default(),
            app.map_or(0, |app| progress.retried(app)).to_string(),
            instant(now),
        ];
        Row { input: Vec::new(), own, outcome }
    });
    assemble(&COLUMNS, rows.collect())
}

/// Assignments, and how far each app has come.
pub fn summary(rollout: &Rollout, progress: Progress<'_>) -> Summary {
    let successes = rollout.entries.iter().filter(|entry| progress.success(entry)).count();
    let mut summary = Summary::of("Application Deployment Summary")
        .with("Total applications processed", rollout.entries.len())
        .with("Successful assignments", successes);
    for app in rollout.apps() {
        let Some(seen) = progress.installations(app.id.0) else { continue };
        summary = status(summary, seen);
        let retried = progress.retried(app.id.0);
        if retried > 0 {
            summary = summary.with("  Retried", retried);
        }
    }
    summary
}

/// An app's figures, for a summary.
pub fn status(summary: Summary, seen: &Installations) -> Summary {
    summary
        .with(seen.app_name.clone(), "")
        .with("  Total devices", seen.total_devices)
        .with("  Installed", format!("{} ({:.2}%)", seen.installed, seen.rate()))
        .with("  Failed", seen.failed)
        .with("  Pending", seen.pending)
}
