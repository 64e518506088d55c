//! Have a device update its operating system.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_model::Call;
use muster_model::commands::{Command, ScheduleOsUpdate, ScheduleOsUpdateQuery};
use muster_model::ids::DeviceId;

use super::{Applied, Evidence, Failure, Sent, Standing, Tools, Verb, records};

pub(super) struct UpdateOs {
    pub device: DeviceId,
    pub version: String,
    pub action: String,
}

#[async_trait]
impl Verb for UpdateOs {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let query = ScheduleOsUpdateQuery {
            searchby: Some("DeviceId".to_owned()),
            id: Some(self.device.to_string()),
            osupdateproductversion: Some(self.version.clone()),
            installaction: Some(self.action.clone()),
            ..ScheduleOsUpdateQuery::default()
        };
        let call = Call::<ScheduleOsUpdate> { path: (), query, body: Vec::new() };
        let sent = tools.writer.send(call).await;
        sent.map(|_| Applied::sent(None)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, since: Timestamp) -> Result<Evidence, Failure> {
        records::look(tools.client, self.device, Command::InstallOsUpdate, None, since).await
    }

    fn noted(&self) -> Standing {
        Standing::Accepted
    }

    /// Proof is the device's answer.
    async fn prove(&self, tools: &Tools<'_>, sent: Sent<'_>) -> Result<Option<Standing>, Failure> {
        records::prove(tools.client, self.device, Command::InstallOsUpdate, None, sent).await
    }
}
