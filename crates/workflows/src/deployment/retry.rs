//! Another try for the devices on which an installation failed.

use std::collections::HashMap;

use muster_client::AppOnDevice;
use muster_engine::{Action, Draft, DraftItem, Selection, Target};
use muster_model::apps::App;
use muster_model::devices::Device;
use muster_model::ids::{AppId, DeviceId};
use muster_model::words::InstallStatus;
use serde_json::json;

use crate::error::Error;
use crate::gather::gather;
use crate::inventory::Inventory;
use crate::selection::not_enrolled;
use crate::workflow::Watch;

/// An installation that failed.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    pub app: App,
    pub on: AppOnDevice,
    /// `None` if the device is gone.
    pub device: Option<Device>,
}

/// What ought to be installed again.
#[derive(Debug, Clone, PartialEq)]
pub struct Retry {
    pub draft: Draft,
}

/// Reads the failed installations of some apps.
///
/// # Errors
/// The tenant cannot be read.
pub async fn observe(inventory: &dyn Inventory, apps: &[App], watch: &dyn Watch) -> Result<Vec<Failure>, Error> {
    let read = |app| async move { Ok((app, inventory.app_devices(app).await?)) };
    let states = gather("apps", watch, apps.iter().collect(), read).await?;
    let failed = states.into_iter().flat_map(|(app, devices)| {
        let failed = devices.into_iter().filter(|device| device.status == InstallStatus::Failed);
        failed.map(move |device| (app, device))
    });
    let failed: Vec<(&App, AppOnDevice)> = failed.collect();
    let mut ids: Vec<DeviceId> = failed.iter().map(|(_, on)| on.device_id).collect();
    ids.sort_unstable();
    ids.dedup();
    let found = inventory.devices_by_id(&ids).await?;
    let devices: HashMap<DeviceId, Device> = found.into_iter().map(|device| (device.id.0, device)).collect();
    let of = |(app, on): (&App, AppOnDevice)| {
        let device = devices.get(&on.device_id).cloned();
        Failure { app: app.clone(), on, device }
    };
    Ok(failed.into_iter().map(of).collect())
}

/// One install per failure. A device that is gone or not enrolled is left alone. Pure.
pub fn decide(failures: &[Failure]) -> Retry {
    let items = failures.iter().map(|Failure { app, on, device }| {
        let nothing_to_do = match device {
            None => Some("the device is gone".to_owned()),
            Some(device) => not_enrolled(device),
        };
        let unknown = || Device {
            id: muster_model::ids::Wrapped(on.device_id),
            device_friendly_name: on.device_name.as_str().into(),
            ..Device::default()
        };
        let device = device.clone().unwrap_or_else(unknown);
        let action = Action::InstallApp { app: app.id.0, app_uuid: app.uuid, app_name: app.application_name.clone() };
        let why = if on.reason.is_empty() { "no reason given" } else { &on.reason };
        DraftItem {
            before: Some(json!({ "status": on.status, "reason": on.reason })),
            nothing_to_do,
            ..DraftItem::new(Target::Device((&device).into()), action, format!("the last install failed: {why}"))
        }
    });
    let items = items.collect();
    let selection = Selection::Decided { by: "deployment".to_owned() };
    Retry { draft: Draft { purpose: "apps deploy: retry failed installs".to_owned(), selection, items } }
}

impl Retry {
    /// How many of an app's retries have been sent, by the tasks of the retry's job.
    pub fn sent(&self, app: AppId, tasks: &[muster_engine::Task]) -> usize {
        let of_app = |action: &Action| matches!(action, Action::InstallApp { app: id, .. } if *id == app);
        let items = self.draft.items.iter().enumerate().filter(|(_, item)| of_app(&item.action));
        items.filter(|(index, _)| crate::report::done(tasks, *index)).count()
    }
}

#[cfg(test)]
mod tests {
    use muster_model::ids::{DeviceId, Wrapped};
    use muster_model::words::EnrollmentStatus;

    use super::*;

    #[test]
    fn only_devices_that_can_be_reached_are_tried_again() {
        let failure = |id: i64, enrollment: Option<EnrollmentStatus>| Failure {
            app: App { id: Wrapped(AppId(5)), application_name: "Chrome".to_owned(), ..App::default() },
            on: AppOnDevice {
                device_id: DeviceId(id),
                device_name: format!("d{id}"),
                status: InstallStatus::Failed,
                reason: "disk full".to_owned(),
                version: String::new(),
            },
            device: enrollment.map(|enrollment_status| Device {
                id: Wrapped(DeviceId(id)),
                serial_number: format!("S{id}").into(),
                enrollment_status,
                ..Device::default()
            }),
        };
        let failures = [
            failure(1, Some(EnrollmentStatus::Enrolled)),
            failure(2, Some(EnrollmentStatus::Unenrolled)),
            failure(3, None),
        ];
        let retry = decide(&failures);
        let told: Vec<_> = retry
            .draft
            .items
            .iter()
            .map(|i| (i.target.name(), i.reason.as_str(), i.nothing_to_do.as_deref()))
            .collect();
        let why = "the last install failed: disk full";
        let expected = [
            ("S1", why, None),
            ("S2", why, Some("not enrolled (Unenrolled)")),
            ("d3", why, Some("the device is gone")),
        ];
        assert_eq!(told, expected);
    }
}
