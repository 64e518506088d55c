//! Apps on their way to a device: what an install needs, how long it takes, and why it fails.

use std::collections::BTreeMap;

use muster_model::words::{InstallStatus, Platform};

use super::device::Life;
use super::dice::Dice;
use super::pace::{Moment, Pace};

/// What the fleet must know of an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct App {
    pub(super) name: String,
    pub(super) version: String,
    /// `None`: it runs everywhere.
    pub(super) platform: Option<Platform>,
    pub(super) size_mb: i64,
}

/// The word of an app's platform column for "every platform".
pub(super) const EVERY_PLATFORM: &str = "Any";

const TRANSIENT: &[&str] = &[
    "The download was interrupted (0x80072EE2)",
    "The installer ended with exit code 1603",
    "Another installation was in progress (exit code 1618)",
    "The checksum of the download did not match",
];

impl App {
    /// Whether a device of the platform can run it.
    pub(super) fn fits(&self, platform: &Platform) -> bool {
        self.platform.as_ref().is_none_or(|own| own == platform)
    }

    /// How long a device takes to download and install it.
    pub(super) fn duration(&self, pace: Pace, dice: &mut Dice) -> Moment {
        let megabytes_per_second = dice.real(2.0, 12.0);
        pace.seconds(dice.real(5.0, 30.0) + self.size_mb as f64 / megabytes_per_second)
    }

    /// One attempt on a device with so much storage left: the reason why it failed, if it did.
    ///
    /// An app of two gigabytes fails more often than a small one; a second attempt finds most of the
    /// obstacles gone, but not a full disk.
    fn attempt(&self, available_gb: f64, tries: i64, dice: &mut Dice) -> Result<(), String> {
        let needed = self.size_mb as f64 * 1.5 / 1024.0;
        if available_gb < needed {
            return Err(format!("Not enough free space: {needed:.1} GB needed, {available_gb:.1} GB available"));
        }
        let first = 0.035 + (self.size_mb as f64 / 40_000.0).min(0.05);
        let failing = if tries == 0 { first } else { first / 3.0 };
        if dice.chance(failing) { Err((*dice.pick(TRANSIENT)).to_owned()) } else { Ok(()) }
    }
}

/// Ends one attempt to install an app: writes what became of it and says why it failed, if it did.
pub(super) fn finish(life: &mut Life, index: usize, app: &App, at: Moment, dice: &mut Dice) -> Result<(), String> {
    let outcome = app.attempt(life.device.available_gb, life.installs[index].tries, dice);
    let install = &mut life.installs[index];
    install.tries += 1;
    install.updated_at = at;
    install.due_at = None;
    install.changed = true;
    match &outcome {
        Ok(()) => {
            install.status = InstallStatus::Installed;
            install.reason.clear();
            install.installed_version = app.version.clone();
            life.device.take_storage(app.size_mb as f64);
            life.tell(
                at,
                "Information",
                "Application Installed",
                &[("Application", &app.name), ("Version", &app.version)],
            );
        }
        Err(reason) => {
            install.status = InstallStatus::Failed;
            install.reason.clone_from(reason);
            life.tell(at, "Warning", "Application Install Failed", &[("Application", &app.name), ("Reason", reason)]);
        }
    }
    outcome
}

/// The word of a row for "the device has it, and is to remove it".
const TO_REMOVE: &str = "PendingRemoval";

/// Removes what is to be removed.
pub(super) fn remove(life: &mut Life, apps: &BTreeMap<i64, App>, at: Moment) {
    for index in 0..life.installs.len() {
        let install = &mut life.installs[index];
        if install.status.as_str() != TO_REMOVE {
            continue;
        }
        let version = std::mem::take(&mut install.installed_version);
        install.status = InstallStatus::NotInstalled;
        "Removed from the device".clone_into(&mut install.reason);
        install.updated_at = at;
        install.due_at = None;
        install.removed = true;
        install.changed = true;
        // An app that is gone from the tenant has left no name.
        let gone = || format!("Application {}", life.installs[index].app);
        let app = apps.get(&life.installs[index].app);
        let name = app.map_or_else(gone, |app| app.name.clone());
        life.device.take_storage(-app.map_or(0.0, |app| app.size_mb as f64));
        life.tell(at, "Information", "Application Removed", &[("Application", &name), ("Version", &version)]);
    }
}

/// Begins the next pending install, unless one runs already. An app that an open command asks for waits for
/// that command.
pub(super) fn begin_next(life: &mut Life, apps: &BTreeMap<i64, App>, at: Moment, pace: Pace, dice: &mut Dice) {
    let Life { orders, installs, .. } = life;
    if installs.iter().any(|install| install.due_at.is_some()) {
        return;
    }
    let ordered = |app: i64| orders.iter().any(|order| order.is_open() && order.application == Some(app));
    let next = installs.iter_mut().find(|install| install.status == InstallStatus::Pending && !ordered(install.app));
    let Some(install) = next else { return };
    let Some(app) = apps.get(&install.app) else { return };
    install.due_at = Some(at + app.duration(pace, dice));
    install.reason = "Downloading".to_owned();
    install.updated_at = at;
    install.changed = true;
}
