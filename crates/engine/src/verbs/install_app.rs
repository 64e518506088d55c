//! Push an assigned app to a device again.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_model::apps::App;
use muster_model::commands::Command;
use muster_model::ids::DeviceId;

use super::memory::Kept;
use super::{Applied, Evidence, Failure, Sent, Standing, Tools, Verb, records};

pub(super) struct InstallApp {
    pub device: DeviceId,
    pub app: App,
}

#[async_trait]
impl Verb for InstallApp {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let sent = tools.writer.install_app(self.device, &self.app).await;
        sent.map(|receipt| Applied::sent(receipt.command_id)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, since: Timestamp) -> Result<Evidence, Failure> {
        records::look(tools.client, self.device, Command::InstallApplication, Some(self.app.id.0), since).await
    }

    fn noted(&self) -> Standing {
        Standing::Accepted
    }

    /// Proof is that the device has it: that it took the command proves no more than that it will try.
    async fn prove(&self, tools: &Tools<'_>, sent: Sent<'_>) -> Result<Option<Standing>, Failure> {
        let app = Some(self.app.id.0);
        let standing = records::prove(tools.client, self.device, Command::InstallApplication, app, sent).await?;
        if standing != Some(Standing::Executed) {
            return Ok(standing);
        }
        let kept = tools.memory.app_on(tools.client, &self.app, self.device).await;
        Ok(Some(match kept.map_err(|error| Failure::after(&error))? {
            Kept::Installed => Standing::Verified,
            Kept::Failed => Standing::Failed("the device took the command, and its installation failed".to_owned()),
            Kept::Pending | Kept::Not | Kept::Unclear => Standing::Delivered,
        }))
    }
}
