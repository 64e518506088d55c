//! Make an API key. Its text is in the tenant's answer and cannot be read again, so it is kept before anything else
//! happens; a key whose text was lost is useless, and is told so rather than taken for a success.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_model::guide::NewApiKey;

use super::{Applied, Evidence, Failure, Tools, Verb};

pub(super) struct MakeApiKey {
    /// Its service's name is used for no other key.
    pub key: NewApiKey,
}

#[async_trait]
impl Verb for MakeApiKey {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let Some(keeper) = tools.secrets.keeper() else {
            return Err(Failure::invalid(
                "nothing was sent: only `muster secrets rotate` knows where the key's text would be kept",
            ));
        };
        let made = tools.writer.make_api_key(&self.key).await.map_err(|error| Failure::write(&error))?;
        let Some((id, text)) = made else { return Err(Failure::invalid(LOST)) };
        match keeper.keep(&self.key.service, &text).await {
            Ok(()) => Ok(Applied::sent(Some(id.to_string()))),
            Err(why) => Err(Failure::invalid(format!("the key {id} was made, and its text could not be kept: {why}"))),
        }
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let keys = tools.client.api_keys().await.map_err(|error| Failure::after(&error))?;
        let Some(made) = keys.iter().find(|key| key.service == self.key.service) else { return Ok(Evidence::Absent) };
        let kept = match tools.secrets.keeper() {
            Some(keeper) => keeper.has(&self.key.service).await,
            None => false,
        };
        Ok(match kept {
            true => Evidence::Fulfilled { command_id: Some(made.id.to_string()) },
            false => Evidence::Contradicted(LOST.to_owned()),
        })
    }
}

const LOST: &str = "the key was made, and its text was lost with the answer";
