//! Make a user active or inactive.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_model::Call;
use muster_model::users::{Activate, Deactivate};
use serde_json::json;

use super::{Applied, Evidence, Failure, Tools, Verb};

pub(super) struct SetUserActive {
    pub name: String,
    pub active: bool,
}

#[async_trait]
impl Verb for SetUserActive {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let user = tools.client.user_by_name(&self.name).await.map_err(|error| Failure::before(&error))?;
        let user = user.ok_or_else(|| Failure::missing(format!("there is no user {}", self.name)))?;
        if user.status == self.active {
            return Ok(Applied::already("is so already"));
        }
        tools.before(json!({ "had": user.status })).await?;
        let nothing = muster_model::Nothing;
        let sent = match self.active {
            true => tools.writer.send(Call::<Activate>::with_body(user.id.0, nothing)).await,
            false => tools.writer.send(Call::<Deactivate>::with_body(user.id.0, nothing)).await,
        };
        sent.map(|_| Applied::sent(None)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let user = tools.client.user_by_name(&self.name).await.map_err(|error| Failure::after(&error))?;
        Ok(match user {
            None => Evidence::Contradicted(format!("there is no user {}", self.name)),
            Some(user) if user.status == self.active => Evidence::Fulfilled { command_id: None },
            Some(_) => Evidence::Absent,
        })
    }
}
