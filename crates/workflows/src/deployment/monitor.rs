//! How far installations have come, once or until they are through.

use std::time::Duration;

use muster_client::AppOnDevice;
use muster_model::apps::App;
use muster_model::ids::AppId;
use muster_model::words::InstallStatus;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::error::{Error, Kind};
use crate::gather::gather;
use crate::inventory::Inventory;
use crate::workflow::Unwatched;

/// An app on its devices, in figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Installations {
    pub app: AppId,
    pub app_name: String,
    pub total_devices: usize,
    pub installed: usize,
    pub failed: usize,
    pub pending: usize,
}

impl Installations {
    /// Counts the states of an app's devices.
    pub fn count(app: &App, devices: &[AppOnDevice]) -> Self {
        let count = |status: &InstallStatus| devices.iter().filter(|device| device.status == *status).count();
        Self {
            app: app.id.0,
            app_name: app.application_name.clone(),
            total_devices: devices.len(),
            installed: count(&InstallStatus::Installed),
            failed: count(&InstallStatus::Failed),
            pending: count(&InstallStatus::Pending),
        }
    }

    /// Installed devices in percent of all, to two decimals; 0 without devices.
    pub fn rate(&self) -> f64 {
        if self.total_devices == 0 {
            return 0.0;
        }
        let percent = self.installed as f64 / self.total_devices as f64 * 100.0;
        (percent * 100.0).round() / 100.0
    }
}

/// How long to watch, and how often to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// How long a fresh assignment may take to reach the list of devices: an app without any pending
    /// device is not believed to be through before.
    pub propagation: Duration,
    /// Between two looks.
    pub every: Duration,
    /// After which it is enough, whatever is still pending.
    pub deadline: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            propagation: Duration::from_secs(10),
            every: Duration::from_secs(5),
            deadline: Duration::from_secs(30 * 60),
        }
    }
}

/// What the last look saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Watched {
    /// One entry per app, in their order.
    pub installations: Vec<Installations>,
    /// Whether nothing was pending any more; otherwise the deadline came first.
    pub through: bool,
}

/// Looks once.
///
/// # Errors
/// The tenant cannot be read.
pub async fn status(inventory: &dyn Inventory, apps: &[App]) -> Result<Vec<Installations>, Error> {
    gather("apps", &Unwatched, apps.iter().collect(), |app| async move {
        Ok(Installations::count(app, &inventory.app_devices(app).await?))
    })
    .await
}

/// Looks until nothing is pending or the deadline has come; `progress` is told what each look saw. A look
/// that fails for a passing reason is left out.
///
/// # Errors
/// The tenant cannot be read: not at the first look, or for a reason that does not pass.
pub async fn watch(
    inventory: &dyn Inventory,
    apps: &[App],
    patience: &Patience,
    progress: &(dyn Fn(&[Installations]) + Sync),
) -> Result<Watched, Error> {
    let start = Instant::now();
    let deadline = start + patience.deadline;
    let mut last: Option<Vec<Installations>> = None;
    loop {
        let seen = match (status(inventory, apps).await, last.take()) {
            (Ok(seen), _) => {
                progress(&seen);
                let settled = start.elapsed() >= patience.propagation;
                if settled && seen.iter().all(|app| app.pending == 0) {
                    return Ok(Watched { installations: seen, through: true });
                }
                seen
            }
            (Err(error), Some(seen)) if passes(&error) => {
                tracing::warn!(%error, "a look at the installations is left out");
                seen
            }
            (Err(error), _) => return Err(error),
        };
        let next = Instant::now() + patience.every;
        if next > deadline {
            return Ok(Watched { installations: seen, through: false });
        }
        last = Some(seen);
        tokio::time::sleep_until(next).await;
    }
}

/// Whether a later look may succeed.
fn passes(error: &Error) -> bool {
    use muster_client::Kind as Client;
    matches!(
        error.kind(),
        Kind::Client(Client::Unreachable | Client::Throttled | Client::Incomplete | Client::Deadline)
    )
}

#[cfg(test)]
mod tests {
    use muster_model::ids::DeviceId;

    use super::*;

    #[test]
    fn figures_are_counted_and_the_rate_has_two_decimals() {
        let device = |id: i64| AppOnDevice {
            device_id: DeviceId(id),
            device_name: String::new(),
            status: match id {
                0..=1 => InstallStatus::Installed,
                2 => InstallStatus::Failed,
                3 => InstallStatus::Pending,
                _ => InstallStatus::NotInstalled,
            },
            reason: String::new(),
            version: String::new(),
        };
        let devices: Vec<AppOnDevice> = (0..7).map(device).collect();
        let counted = Installations::count(&App::default(), &devices);
        assert_eq!((counted.total_devices, counted.installed, counted.failed, counted.pending), (7, 2, 1, 1));
        assert!((counted.rate() - 28.57).abs() < f64::EPSILON, "{}", counted.rate());
        assert!(Installations::count(&App::default(), &[]).rate().abs() < f64::EPSILON);
    }
}
