//! Edit what the tenant's record says of a device: friendly name, asset number, ownership.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_model::Call;
use muster_model::devices::{Device, DeviceEdit, Update};
use muster_model::ids::DeviceId;
use serde_json::json;

use super::{Applied, Evidence, Failure, Tools, Verb};
use crate::plan::DeviceChange;

pub(super) struct EditDevice {
    pub device: DeviceId,
    pub changes: DeviceChange,
}

#[async_trait]
impl Verb for EditDevice {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let device = tools.client.device_record(self.device).await.map_err(|error| Failure::before(&error))?;
        let now = self.now(&device);
        if now == self.changes {
            return Ok(Applied::already("the record says so already"));
        }
        tools.before(json!(now)).await?;
        let edit = DeviceEdit {
            asset_number: self.changes.asset_number.clone(),
            device_friendly_name: self.changes.friendly_name.clone(),
            ownership: self.changes.ownership.clone(),
            ..DeviceEdit::default()
        };
        let sent = tools.writer.send(Call::<Update>::with_body(self.device, edit)).await;
        sent.map(|_| Applied::sent(None)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let device = tools.client.device_record(self.device).await.map_err(|error| Failure::after(&error))?;
        let fulfilled = self.now(&device) == self.changes;
        Ok(if fulfilled { Evidence::Fulfilled { command_id: None } } else { Evidence::Absent })
    }
}

impl EditDevice {
    /// The fields that are changed, as they are.
    fn now(&self, device: &Device) -> DeviceChange {
        let DeviceChange { friendly_name, asset_number, ownership } = &self.changes;
        DeviceChange {
            friendly_name: friendly_name.as_ref().map(|_| device.device_friendly_name.to_string()),
            asset_number: asset_number.as_ref().map(|_| device.asset_number.to_string()),
            ownership: ownership.as_ref().map(|_| device.ownership.clone()),
        }
    }
}
