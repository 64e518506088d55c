//! Move a device to another organization group.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_model::Call;
use muster_model::devices::MoveTo;
use muster_model::ids::{DeviceId, OrganizationGroupId};
use serde_json::json;

use super::{Applied, Evidence, Failure, Tools, Verb};

pub(super) struct MoveDevice {
    pub device: DeviceId,
    pub group: OrganizationGroupId,
}

#[async_trait]
impl Verb for MoveDevice {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let device = tools.client.device_record(self.device).await.map_err(|error| Failure::before(&error))?;
        let group = device.location_group_id.id.0.0;
        if group == self.group.0 {
            return Ok(Applied::already("is in that group already"));
        }
        let name =
            [&device.location_group_name, &device.location_group_id.name].into_iter().find(|name| !name.is_empty());
        tools
            .before(
                json!({ "group": group, "group_name": name.map_or_else(|| group.to_string(), ToString::to_string) }),
            )
            .await?;
        let sent = tools.writer.send(Call::<MoveTo>::with_body((self.device, self.group), muster_model::Nothing)).await;
        sent.map(|_| Applied::sent(None)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let device = tools.client.device_record(self.device).await.map_err(|error| Failure::after(&error))?;
        let there = device.location_group_id.id.0.0 == self.group.0;
        Ok(if there { Evidence::Fulfilled { command_id: None } } else { Evidence::Absent })
    }
}
