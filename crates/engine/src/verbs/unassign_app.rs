//! Take an app away from smart groups. Their devices lose it.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_model::Call;
use muster_model::apps::{App, AssignmentRemoval, RemoveAssignments};
use muster_model::ids::SmartGroupId;
use serde_json::json;

use super::{Applied, Evidence, Failure, Tools, Verb};

pub(super) struct UnassignApp {
    pub app: App,
    pub groups: Vec<SmartGroupId>,
}

#[async_trait]
impl Verb for UnassignApp {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let present = self.present(tools).await.map_err(|error| Failure::before(&error))?;
        if present.is_empty() {
            return Ok(Applied::already("is assigned to none of them"));
        }
        tools.before(json!({ "groups": present })).await?;
        let removal = AssignmentRemoval {
            smart_group_ids: Some(present.iter().map(|group| group.0).collect()),
            ..AssignmentRemoval::default()
        };
        let sent = tools.writer.send(Call::<RemoveAssignments>::with_body(self.app.id.0, removal)).await;
        sent.map(|_| Applied::sent(None)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let present = self.present(tools).await.map_err(|error| Failure::after(&error))?;
        Ok(if present.is_empty() { Evidence::Fulfilled { command_id: None } } else { Evidence::Absent })
    }
}

impl UnassignApp {
    /// The groups that the app is assigned to.
    async fn present(&self, tools: &Tools<'_>) -> Result<Vec<SmartGroupId>, muster_client::Error> {
        let assigned = tools.client.app_assignments(&self.app).await?;
        Ok(self.groups.iter().filter(|group| assigned.contains(group)).copied().collect())
    }
}
