//! Let an API key open nothing more.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_model::ids::ApiKeyId;

use super::{Applied, Evidence, Failure, Tools, Verb};

pub(super) struct RevokeApiKey {
    pub id: ApiKeyId,
}

#[async_trait]
impl Verb for RevokeApiKey {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        match self.revoked(tools).await.map_err(|error| Failure::before(&error))? {
            Some(true) => return Ok(Applied::already("opens nothing already")),
            Some(false) => {}
            None => return Err(Failure::missing(format!("the tenant lists no API key {}", self.id))),
        }
        let sent = tools.writer.revoke_api_key(self.id).await;
        sent.map(|()| Applied::sent(None)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let revoked = self.revoked(tools).await.map_err(|error| Failure::after(&error))?.unwrap_or(true);
        Ok(if revoked { Evidence::Fulfilled { command_id: None } } else { Evidence::Absent })
    }
}

impl RevokeApiKey {
    /// `None` if the tenant lists no such key.
    async fn revoked(&self, tools: &Tools<'_>) -> Result<Option<bool>, muster_client::Error> {
        let keys = tools.client.api_keys().await?;
        Ok(keys.iter().find(|key| key.id == self.id).map(|key| key.revoked_on.is_some()))
    }
}
