//! The durable record of plans, jobs, tasks and of everything that was done: all SQL of the room.
//!
//! Whatever changes the record is one transaction between [`Journal::begin`] and [`Journal::commit`], and
//! both tell the seam: a test can end the world at either side of every append.

mod approval_rows;
mod approver_rows;
mod audit_rows;
mod checkpoint_rows;
mod history_rows;
mod in_flight;
mod item_rows;
mod job;
mod job_counts;
mod job_rows;
mod migrations;
mod outcome_rows;
mod plan_rows;
mod proof_rows;
mod prune;
mod ready_rows;
mod ring_rows;
mod salvage;
mod seam;
mod task;
mod task_rows;

pub use job::{
    Counts, JobDetail, JobOptions, JobState, JobSummary, Only, Proofs, RingDetail, RingState, StopAfter, Stopped,
};
pub(crate) use prune::counted;
pub use prune::{KEEP_JOBS_DAYS, Pruned};
pub use salvage::{Salvaged, SalvagedAudit, SalvagedJob, SalvagedTable, salvage_tables};
pub use seam::{Append, Moment, Seam};
pub use task::{Delivery, Task, TaskState};

pub(crate) use history_rows::Lookback;
pub(crate) use in_flight::{IN_FLIGHT, QUEUED, SentBefore};
pub(crate) use item_rows::{Kept, PAGE};
pub(crate) use job_rows::{Claim, lease_name};
pub(crate) use outcome_rows::{Entry, Image};
pub(crate) use proof_rows::Proven;
pub(crate) use ready_rows::{Place, Ready};
pub(crate) use ring_rows::OpenRing;
pub(crate) use task_rows::{Blocked, OpenTask};

use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use jiff::Timestamp;
use muster_store::{Clock, Database, Statement, Transaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use self::audit_rows::Head;
use crate::error::Error;
use crate::note::{PublicKey, SigningKey};

/// The record, over a database of either kind.
#[derive(Clone)]
pub(crate) struct Journal {
    database: Database,
    clock: Arc<dyn Clock>,
    seam: Arc<dyn Seam>,
    /// Signs the head of the audit, if somebody does.
    signer: Option<SigningKey>,
    /// The key of the first approver, if somebody has noted it elsewhere.
    root: Option<PublicKey>,
    /// Appends of runs since the engine was opened.
    appends: Arc<AtomicU32>,
}

impl Journal {
    /// Brings the tables up to date.
    pub(crate) async fn open(database: Database, clock: Arc<dyn Clock>) -> Result<Self, Error> {
        let migrated = database.migrate("engine", migrations::ALL).await;
        migrated.map_err(|source| Error::Journal { action: "opened", source })?;
        let seam = Arc::new(seam::Seamless);
        let journal = Self { database, clock, seam, signer: None, root: None, appends: Arc::default() };
        journal.plant().await?;
        Ok(journal)
    }

    /// The same record with somebody who signs its audit, in the name of the log.
    pub(crate) async fn signed_by(self, key: &SigningKey) -> Result<Self, Error> {
        let origin = self.origin().await?;
        Ok(Self { signer: Some(key.named(&origin)), ..self })
    }

    /// The same record with somebody who watches the appends.
    pub(crate) fn with_seam(self, seam: Arc<dyn Seam>) -> Self {
        Self { seam, ..self }
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// The present time, as exact as the record keeps it (microseconds).
    pub(crate) fn now(&self) -> Timestamp {
        let now = self.clock.now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }

    async fn begin(&self, append: Append) -> Result<Transaction, Error> {
        self.seam.reached(append, Moment::Before).await;
        self.database.begin().await.map_err(writing)
    }

    async fn commit(&self, append: Append, mut transaction: Transaction) -> Result<(), Error> {
        self.sign_head(append, &mut transaction).await?;
        transaction.commit().await.map_err(writing)?;
        self.seam.reached(append, Moment::After).await;
        Ok(())
    }

    /// The same after its last statements, which bring this head.
    async fn commit_with(
        &self,
        append: Append,
        transaction: Transaction,
        head: &Head,
        mut last: Vec<Statement>,
    ) -> Result<(), Error> {
        last.extend(self.signature_of(append, head));
        transaction.commit_with(last).await.map_err(writing)?;
        self.seam.reached(append, Moment::After).await;
        Ok(())
    }
}

fn writing(source: muster_store::Error) -> Error {
    Error::Journal { action: "written", source }
}

fn reading(source: muster_store::Error) -> Error {
    Error::Journal { action: "read", source }
}

/// A value as it is kept in a text column.
fn text_of<T: Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Draft(format!("it cannot be written as JSON: {error}")))
}

/// A value out of a text column.
fn value_of<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, Error> {
    serde_json::from_str(text).map_err(|error| Error::Corrupt { what, why: error.to_string() })
}

/// A word of a closed vocabulary out of a text column.
fn word_of<T>(what: &'static str, known: fn(&str) -> Option<T>, word: &str) -> Result<T, Error> {
    known(word).ok_or_else(|| Error::Corrupt { what, why: format!("`{word}` is none of its words") })
}
