//! Apps for the devices of smart groups: assign, watch, retry.

mod choose;
mod decide;
pub mod monitor;
mod observe;
mod params;
mod report;
pub mod retry;

pub use choose::Choice;
pub use decide::{Entry, Rollout, decide};
pub use monitor::{Installations, Patience, Watched};
pub use observe::{Facts, Wish, find_app, observe};
pub use params::{Assignment, Deployment, check, read};
pub use report::{COLUMNS, Progress, report, status, summary};
pub use retry::Retry;

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::inventory::Inventory;
use crate::workflow::{Decided, Watch, Workflow};

/// The workflow for schedules: assign what is not assigned yet.
#[derive(Debug)]
pub enum AppDeployment {}

/// What to deploy; the same shape as a file of deployments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    pub deployments: Vec<Deployment>,
}

#[async_trait]
impl Workflow for AppDeployment {
    const NAME: &'static str = "deployment";
    const SUMMARY: &'static str = "assign apps to the smart groups that are to have them";
    type Parameters = Parameters;
    type Facts = Facts;

    async fn observe(inventory: &dyn Inventory, asked: &Parameters, watch: &dyn Watch) -> Result<Facts, Error> {
        check("deployments", &asked.deployments)?;
        observe(inventory, &asked.deployments, watch).await
    }

    fn decide(_asked: &Parameters, facts: &Facts, _now: Timestamp) -> Result<Decided, Error> {
        let rollout = decide(facts);
        let notes = rollout.notes();
        Ok(Decided { draft: rollout.draft, secrets: Vec::new(), notes })
    }
}
