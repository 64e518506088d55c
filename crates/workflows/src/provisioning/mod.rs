//! Users from a table: who is missing, who has changed, who belongs to which group.
//!
//! A table says what ought to be; a blank cell says nothing. The same table twice asks for nothing the
//! second time.

mod columns;
mod decide;
mod observe;
mod report;
mod sample;
mod table;

pub use columns::Column;
pub use decide::{Change, Provisioning, RowDecision, decide};
pub use observe::{Facts, Found, observe};
pub use report::{COLUMNS, report, summary};
pub use sample::sample;
pub use table::{CLEAR, Table, UserRow};

use async_trait::async_trait;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::inventory::Inventory;
use crate::workflow::{Decided, Watch, Workflow};

/// The workflow for schedules: a table that somebody else reads from its file.
#[derive(Debug)]
pub enum UserProvisioning {}

/// The table as text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// What the table is called in messages.
    pub name: String,
    /// The whole file.
    pub table: String,
}

#[async_trait]
impl Workflow for UserProvisioning {
    const NAME: &'static str = "provisioning";
    const SUMMARY: &'static str = "create and change the users of a table and put them into their groups";
    type Parameters = Parameters;
    type Facts = (Table, Facts);

    async fn observe(
        inventory: &dyn Inventory,
        asked: &Parameters,
        watch: &dyn Watch,
    ) -> Result<(Table, Facts), Error> {
        let table = Table::read(&asked.name, asked.table.as_bytes())?;
        let facts = observe(inventory, &table, watch).await?;
        Ok((table, facts))
    }

    fn decide(_asked: &Parameters, (table, facts): &(Table, Facts), _now: Timestamp) -> Result<Decided, Error> {
        let provisioning = decide(table, facts)?;
        let notes = provisioning.notes();
        Ok(Decided { draft: provisioning.draft, secrets: provisioning.secrets, notes })
    }
}
