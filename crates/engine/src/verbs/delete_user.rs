//! Remove a user. The tenant keeps those who have devices.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_model::Call;
use muster_model::users::Delete;

use super::{Applied, Evidence, Failure, Tools, Verb};

pub(super) struct DeleteUser {
    pub name: String,
}

#[async_trait]
impl Verb for DeleteUser {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let user = tools.client.user_by_name(&self.name).await.map_err(|error| Failure::before(&error))?;
        let Some(user) = user else { return Ok(Applied::already("there is no such user")) };
        let devices: u64 = user.enrolled_devices_count.trim().parse().unwrap_or_default();
        if devices > 0 {
            return Err(Failure::invalid(format!("nothing was sent: {} has {devices} enrolled devices", self.name)));
        }
        let sent = tools.writer.send(Call::<Delete>::with_body(user.id.0, muster_model::Nothing)).await;
        sent.map(|_| Applied::sent(None)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let user = tools.client.user_by_name(&self.name).await.map_err(|error| Failure::after(&error))?;
        Ok(if user.is_none() { Evidence::Fulfilled { command_id: None } } else { Evidence::Absent })
    }
}
