//! Make a user a member of a user group.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_model::ids::{UserGroupId, UserId};
use serde_json::json;

use super::{Applied, Evidence, Failure, Tools, Verb, memory};

pub(super) struct JoinUserGroup {
    pub name: String,
    /// `None` if the user did not exist when the plan was made.
    pub user: Option<UserId>,
    pub group: UserGroupId,
}

#[async_trait]
impl Verb for JoinUserGroup {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let member = tools.memory.was_member(tools.client, self.group, &self.name).await;
        if member.map_err(|error| Failure::before(&error))? {
            return Ok(Applied::already("is a member already"));
        }
        let user = match self.user {
            Some(id) => id,
            None => {
                let user = tools.client.user_by_name(&self.name).await.map_err(|error| Failure::before(&error))?;
                user.ok_or_else(|| Failure::missing(format!("there is no user {}", self.name)))?.id.0
            }
        };
        tools.before(json!({ "had": false })).await?;
        tools.writer.add_to_user_group(self.group, user).await.map_err(|error| Failure::write(&error))?;
        Ok(Applied::sent(None))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let members = memory::members_of(tools.client, self.group).await.map_err(|error| Failure::after(&error))?;
        Ok(if members.contains(&self.name.to_lowercase()) {
            Evidence::Fulfilled { command_id: None }
        } else {
            Evidence::Absent
        })
    }
}
