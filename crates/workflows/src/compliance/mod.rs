//! Devices that break rules: which, why, and what would help.
//!
//! Verification is the next observation: what was remedied drops out of it by itself.

mod decide;
mod observe;
mod report;
mod rules;

pub use decide::{Remediation, decide};
pub use observe::{Case, Facts, Waiting, observe, observe_rules};
pub use report::{COLUMNS, findings, overview, report, summary};
pub use rules::{Remedy, RuleTable};

use async_trait::async_trait;
use jiff::Timestamp;

use crate::error::Error;
use crate::inventory::Inventory;
use crate::workflow::{Decided, Watch, Workflow};

/// The workflow for schedules and events; its parameters are the rule table.
#[derive(Debug)]
pub enum Compliance {}

#[async_trait]
impl Workflow for Compliance {
    const NAME: &'static str = "compliance";
    const SUMMARY: &'static str = "send every non-compliant device the remedy of each rule that it breaks";
    type Parameters = RuleTable;
    type Facts = Facts;

    async fn observe(inventory: &dyn Inventory, table: &RuleTable, watch: &dyn Watch) -> Result<Facts, Error> {
        table.check("rule table")?;
        observe(inventory, watch).await
    }

    fn decide(table: &RuleTable, facts: &Facts, now: Timestamp) -> Result<Decided, Error> {
        Ok(Decided::plain(decide(table, facts, now).draft))
    }
}
