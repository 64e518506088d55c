//! Queue a command for a device.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_client::Recipient;
use muster_model::commands::Command;
use muster_model::ids::AppId;
use serde_json::{Map, Value};

use super::{Applied, Evidence, Failure, Sent, Standing, Tools, Verb, records};

pub(super) struct SendCommand {
    pub device: Recipient,
    pub command: Command,
    pub parameters: Map<String, Value>,
}

#[async_trait]
impl Verb for SendCommand {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let sent = tools.writer.command(self.device, self.command, &self.parameters).await;
        sent.map(|receipt| Applied::sent(receipt.command_id)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, since: Timestamp) -> Result<Evidence, Failure> {
        records::look(tools.client, self.device.id, self.command, self.app(), since).await
    }

    fn noted(&self) -> Standing {
        Standing::Accepted
    }

    /// Proof is the device's answer.
    async fn prove(&self, tools: &Tools<'_>, sent: Sent<'_>) -> Result<Option<Standing>, Failure> {
        records::prove(tools.client, self.device.id, self.command, self.app(), sent).await
    }
}

impl SendCommand {
    /// Which app an `InstallApplication` is about, so that it is not taken for another one.
    fn app(&self) -> Option<AppId> {
        let id = self.parameters.iter().find(|(name, _)| name.eq_ignore_ascii_case("ApplicationId"));
        id.and_then(|(_, id)| id.as_i64()).map(AppId)
    }
}
