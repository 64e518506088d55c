//! Take an app off a device. That the tenant was told is in the device's log; that the device did it, in the list of those
//! who have the app.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_client::{Client, Error};
use muster_model::Call;
use muster_model::apps::{App, InstallTarget, Uninstall};
use muster_model::commands::{EventData, EventLog, EventLogQuery};
use muster_model::ids::DeviceId;
use serde_json::json;

use super::memory::{Kept, devices_of};
use super::{Applied, Evidence, Failure, Sent, Standing, Tools, Verb};

pub(super) struct RemoveApp {
    pub device: DeviceId,
    pub app: App,
}

#[async_trait]
impl Verb for RemoveApp {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        // The list of an app's devices is long, and what it says of this one is noted before it is changed.
        let kept = tools.memory.app_on(tools.client, &self.app, self.device).await;
        match kept.map_err(|error| Failure::before(&error))? {
            Kept::Installed | Kept::Pending => {}
            Kept::Not => return Ok(Applied::already("the app is not on the device")),
            Kept::Failed | Kept::Unclear => {
                return Ok(Applied::noted("the tenant does not know the app to be on the device"));
            }
        }
        tools.before(json!({ "had": true })).await?;
        let target = InstallTarget { device_id: Some(self.device), ..InstallTarget::default() };
        let sent = tools.writer.send(Call::<Uninstall>::with_body(self.app.id.0, target)).await;
        sent.map(|_| Applied::sent(None)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, since: Timestamp) -> Result<Evidence, Failure> {
        let devices = devices_of(tools.client, &self.app).await.map_err(|error| Failure::after(&error))?;
        let there = matches!(devices.get(&self.device), Some(Kept::Installed | Kept::Pending));
        let asked = !there || self.asked(tools.client, since).await.map_err(|error| Failure::after(&error))?;
        Ok(if asked { Evidence::Fulfilled { command_id: None } } else { Evidence::Absent })
    }

    fn noted(&self) -> Standing {
        Standing::Accepted
    }

    /// Proof is that the app's list of devices has it as installed no longer.
    async fn prove(&self, tools: &Tools<'_>, _sent: Sent<'_>) -> Result<Option<Standing>, Failure> {
        let kept = tools.memory.app_on(tools.client, &self.app, self.device).await;
        Ok(match kept.map_err(|error| Failure::after(&error))? {
            Kept::Not => Some(Standing::Verified),
            Kept::Installed | Kept::Pending => Some(Standing::Accepted),
            Kept::Failed | Kept::Unclear => None,
        })
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
