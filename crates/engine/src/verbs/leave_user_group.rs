//! Take a user out of a user group.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_model::Call;
use muster_model::ids::{UserGroupId, UserId};
use muster_model::user_groups::RemoveUser;
use serde_json::json;

use super::{Applied, Evidence, Failure, Tools, Verb, memory};

pub(super) struct LeaveUserGroup {
    pub name: String,
    /// `None` if it was not known when the plan was made.
    pub user: Option<UserId>,
    pub group: UserGroupId,
}

#[async_trait]
impl Verb for LeaveUserGroup {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let member = tools.memory.was_member(tools.client, self.group, &self.name).await;
        if !member.map_err(|error| Failure::before(&error))? {
            return Ok(Applied::already("is no member"));
        }
        let user = match self.user {
            Some(id) => id,
            None => {
                let user = tools.client.user_by_name(&self.name).await.map_err(|error| Failure::before(&error))?;
                user.ok_or_else(|| Failure::missing(format!("there is no user {}", self.name)))?.id.0
            }
        };
        tools.before(json!({ "had": true })).await?;
        let sent = tools.writer.send(Call::<RemoveUser>::with_body((self.group, user), muster_model::Nothing)).await;
        sent.map(|_| Applied::sent(None)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let members = memory::members_of(tools.client, self.group).await.map_err(|error| Failure::after(&error))?;
        let gone = !members.contains(&self.name.to_lowercase());
        Ok(if gone { Evidence::Fulfilled { command_id: None } } else { Evidence::Absent })
    }
}
