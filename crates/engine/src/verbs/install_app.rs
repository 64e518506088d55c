//! Push an assigned app to a device again.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_model::apps::App;
use muster_model::commands::Command;
use muster_model::ids::DeviceId;

use super::{Applied, Evidence, Failure, Tools, Verb, records};

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
}
