//! Makes a new journal of what is intact of a damaged one.
//!
//! Every row that can be read is written into a new file as it is. Then what must not be believed without proof is
//! proven: records of the audit by their hashes, items of plans by their seals, and what became of each task by the audit,
//! which is the second copy of it. What cannot be proven is read back from the tenant by the next run, or keeps its job
//! from sending anything. Nothing is sent here.

mod items;
mod jobs;
mod mend;
mod mending;
mod tables;
mod trail;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use muster_store::salvage::{Kept, Table, Wreck};
use muster_store::{Clock, Database};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Append, Journal, audit_rows, writing};
use crate::audit::Occurrence;
use crate::error::Error;
use crate::plan::JobId;

/// What was found in a damaged journal, and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Salvaged {
    /// Whether anything was found that is not as it was written.
    pub damaged: bool,
    /// By table, in the order of their names; without those that are made anew.
    pub tables: BTreeMap<String, SalvagedTable>,
    /// Records of which nobody can say to which table they belong.
    pub unassigned: u64,
    /// Records on pages of no table that cannot be read.
    pub unreadable: u64,
    /// Records of tables that this program does not know, and the names of those.
    pub foreign: u64,
    pub foreign_tables: Vec<String>,
    pub audit: SalvagedAudit,
    /// Jobs of which anything is not as it was.
    pub jobs: Vec<SalvagedJob>,
    /// Plans that are not whole, by their ids.
    pub plans: Vec<String>,
}

/// What became of the rows of a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalvagedTable {
    /// They are as they were written.
    pub kept: u64,
    /// They were read, and left out: what they say is not what was written, or another row has their place.
    pub left_out: u64,
    /// They are there, and cannot be read.
    pub unreadable: u64,
}

/// What is left of the audit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalvagedAudit {
    /// Records whose hash is right.
    pub records: u64,
    /// The number of the last one that there was, as far as is known.
    pub last: u64,
    /// The first one that is missing.
    pub missing: Option<u64>,
    /// Nothing is missing, and the end is certain.
    pub whole: bool,
}

/// What became of a job.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SalvagedJob {
    pub job: JobId,
    /// Tasks whose rows were damaged, and are now as the audit says.
    pub restored: u64,
    /// Tasks of which the next run reads back what became of them.
    pub unknown: u64,
    /// Why it sends nothing any more, if it does not.
    pub stopped: Option<String>,
    /// Items of its plan that are lost: their places, and what the audit calls them.
    pub lost: Vec<String>,
}

/// The tables of a database, with what tells their rows apart where types do not.
///
/// # Errors
/// [`Error::Journal`].
pub async fn salvage_tables(database: &Database) -> Result<Vec<Table>, Error> {
    let mut tables = Table::all_of(database).await.map_err(writing)?;
    tables::told_apart(&mut tables);
    Ok(tables)
}

impl Journal {
    /// Fills a new journal, of which only the migrations ran, with what is intact of a damaged one.
    pub(crate) async fn salvage(
        wreck: &mut Wreck,
        database: Database,
        clock: Arc<dyn Clock>,
        by: &str,
    ) -> Result<Salvaged, Error> {
        let journal = Self::open(database, clock).await?;
        let tables = salvage_tables(&journal.database).await?;
        // The migrations have put a row there.
        journal.database.execute("delete from audit_head", Vec::new()).await.map_err(writing)?;
        let refilled = wreck.refill(&journal.database, &tables, &tables::WITHOUT).await.map_err(writing)?;
        let mut salvaged = Salvaged {
            damaged: refilled.damaged || refilled.unassigned + refilled.unreadable > 0,
            unassigned: refilled.unassigned,
            unreadable: refilled.unreadable,
            foreign: refilled.foreign.0,
            foreign_tables: refilled.foreign.1,
            ..Salvaged::default()
        };
        for (name, Kept { kept, refused, unreadable }) in refilled.tables {
            if !tables::WITHOUT.contains(&name.as_str()) {
                salvaged.damaged |= refused + unreadable > 0;
                salvaged.tables.insert(name, SalvagedTable { kept, left_out: refused, unreadable });
            }
        }
        let mut transaction = journal.begin(Append::Salvage).await?;
        let words = trail::follow(&mut transaction, refilled.torn, &mut salvaged).await?;
        jobs::mend_all(&mut transaction, &words, journal.now(), &mut salvaged).await?;
        if salvaged.damaged {
            let details = json!({
                "tables": salvaged.tables, "unassigned": salvaged.unassigned, "unreadable": salvaged.unreadable,
                "foreign": salvaged.foreign, "audit": salvaged.audit, "jobs": salvaged.jobs, "plans": salvaged.plans,
            });
            let record = Occurrence::new(by, "journal.salvaged", "-", details);
            audit_rows::append(&mut transaction, journal.now(), record).await?;
        }
        journal.commit(Append::Salvage, transaction).await?;
        Ok(salvaged)
    }
}

impl Salvaged {
    /// Takes a row out that was read and is not what was written.
    fn leave_out(&mut self, table: &str, rows: u64) {
        if rows > 0 {
            let counts = self.tables.entry(table.to_owned()).or_default();
            counts.kept = counts.kept.saturating_sub(rows);
            counts.left_out += rows;
            self.damaged = true;
        }
    }
}
