//! Take an app off a device.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_client::{Client, Error};
use muster_model::Call;
use muster_model::apps::{App, InstallTarget, Uninstall};
use muster_model::commands::{EventData, EventLog, EventLogQuery};
use muster_model::ids::DeviceId;
use muster_model::words::InstallStatus;
use serde_json::json;

use super::{Applied, Evidence, Failure, Tools, Verb};

pub(super) struct RemoveApp {
    pub device: DeviceId,
    pub app: App,
}

#[async_trait]
impl Verb for RemoveApp {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        // The list of an app's devices is long, and what it says of this one is noted before it is changed.
        let there = tools.memory.had_app(tools.client, &self.app, self.device).await;
        if !there.map_err(|error| Failure::before(&error))? {
            return Ok(Applied::already("the app is not on the device"));
        }
        tools.before(json!({ "had": true })).await?;
        let target = InstallTarget { device_id: Some(self.device), ..InstallTarget::default() };
        let sent = tools.writer.send(Call::<Uninstall>::with_body(self.app.id.0, target)).await;
        sent.map(|_| Applied::sent(None)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, since: Timestamp) -> Result<Evidence, Failure> {
        let there = devices_with(tools.client, &self.app).await.map_err(|error| Failure::after(&error))?;
        let asked = !there.contains(&self.device)
            || self.asked(tools.client, since).await.map_err(|error| Failure::after(&error))?;
        Ok(if asked { Evidence::Fulfilled { command_id: None } } else { Evidence::Absent })
    }
}

impl RemoveApp {
    /// Whether the device's log shows the order: until the device follows it, some lists still have the app.
    async fn asked(&self, client: &Client, since: Timestamp) -> Result<bool, Error> {
        let query = EventLogQuery { dayrange: Some(1), ..EventLogQuery::default() };
        let log = client.pages::<EventLog>(self.device, query).collect().await?;
        let app = self.app.id.0.to_string();
        Ok(log.iter().any(|entry| {
            let about = |data: &EventData| data.event_data_type == "ApplicationId" && data.new_value == app;
            entry.event == "RemoveApplication Requested"
                && entry.time_stamp.is_some_and(|at| at.0 >= since)
                && entry.event_data_list.iter().any(about)
        }))
    }
}

/// The devices that have an app, and were not told to remove it.
pub(super) async fn devices_with(client: &Client, app: &App) -> Result<std::collections::BTreeSet<DeviceId>, Error> {
    // A plan keeps an app by id and name; its list of devices is asked for by more than that.
    let known = client.apps(Some(&app.application_name)).await?.into_iter().find(|known| known.id == app.id);
    let rows = client.app_devices(known.as_ref().unwrap_or(app)).await?;
    let has = |status: &InstallStatus| matches!(status, InstallStatus::Installed | InstallStatus::Pending);
    Ok(rows.into_iter().filter(|row| has(&row.status)).map(|row| row.device_id).collect())
}
