//! Take an app away from smart groups. Their devices lose it.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_model::Call;
use muster_model::apps::{App, AssignedGroup, AssignmentRemoval, RemoveAssignments};
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
        let assigned = tools.client.assigned_groups(&self.app).await.map_err(|error| Failure::before(&error))?;
        let (gone, kept): (Vec<AssignedGroup>, Vec<AssignedGroup>) =
            assigned.into_iter().partition(|one| self.groups.contains(&one.smart_group_id));
        let present: Vec<SmartGroupId> = gone.iter().map(|one| one.smart_group_id).collect();
        if present.is_empty() {
            return Ok(Applied::already("is assigned to none of them"));
        }
        // The whole of each assignment, so that no less than that can be put back.
        tools.before(json!({ "groups": present, "assignments": gone, "kept": kept.len() })).await?;
        let removal = AssignmentRemoval {
            smart_group_ids: Some(present.iter().map(|group| group.0).collect()),
            ..AssignmentRemoval::default()
        };
        let sent = tools.writer.send(Call::<RemoveAssignments>::with_body(self.app.id.0, removal)).await;
        sent.map(|_| Applied::sent(None)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let assigned = tools.client.app_assignments(&self.app).await.map_err(|error| Failure::after(&error))?;
        let gone = !self.groups.iter().any(|group| assigned.contains(group));
        Ok(if gone { Evidence::Fulfilled { command_id: None } } else { Evidence::Absent })
    }
}
