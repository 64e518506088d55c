//! Assign an app to smart groups, beside those it has.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_model::apps::{App, DeploymentParameters};
use muster_model::ids::SmartGroupId;
use serde_json::json;

use super::{Applied, Evidence, Failure, Tools, Verb};

pub(super) struct AssignApp {
    pub app: App,
    pub groups: Vec<SmartGroupId>,
    pub parameters: DeploymentParameters,
}

#[async_trait]
impl Verb for AssignApp {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let missing = self.missing(tools).await.map_err(|error| Failure::before(&error))?;
        if missing.is_empty() {
            return Ok(Applied::already("is assigned already"));
        }
        tools.before(json!({ "groups": missing })).await?;
        let sent = tools.writer.assign_app(&self.app, &missing, &self.parameters).await;
        sent.map(|receipt| Applied::sent(receipt.command_id)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, _since: Timestamp) -> Result<Evidence, Failure> {
        let missing = self.missing(tools).await.map_err(|error| Failure::after(&error))?;
        Ok(if missing.is_empty() { Evidence::Fulfilled { command_id: None } } else { Evidence::Absent })
    }
}

impl AssignApp {
    /// The groups that the app is not assigned to.
    async fn missing(&self, tools: &Tools<'_>) -> Result<Vec<SmartGroupId>, muster_client::Error> {
        let assigned = tools.client.app_assignments(&self.app).await?;
        Ok(self.groups.iter().filter(|group| !assigned.contains(group)).copied().collect())
    }
}
