//! The controller's tables: all SQL of the room, one file for each group of tables.
//!
//! Statements are portable between the two engines. Every row belongs to a tenant, so that several
//! contexts can share one database; [`Rows`] is bound to one of them.

mod alerts;
mod deliveries;
mod probes;
mod retention;
mod runs;
mod schedules;
mod snapshots;

pub(crate) use retention::Retention;

use muster_store::{Database, Migration};

use crate::Error;

const MIGRATIONS: &[Migration] =
    &[Migration { name: "0001_controller", sql: include_str!("0001_controller.sql"), postgres: None }];

/// The controller's rows of one tenant.
#[derive(Clone)]
pub(crate) struct Rows {
    database: Database,
    tenant: String,
}

/// Makes the tables of this room, if they are not there yet.
///
/// # Errors
/// [`Error`] of kind `Store`.
pub async fn make_tables(database: &Database) -> Result<(), Error> {
    database.migrate("controller", MIGRATIONS).await.map_err(Error::writing)
}

impl Rows {
    /// Makes the tables, if they are not there yet.
    pub(crate) async fn open(database: Database, tenant: &str) -> Result<Self, Error> {
        make_tables(&database).await?;
        Ok(Self { database, tenant: tenant.to_owned() })
    }

    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    pub(crate) fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Whether the database answers at all.
    pub(crate) async fn answer(&self) -> Result<(), Error> {
        self.database.fetch_one("select 1 as one", Vec::new()).await.map(drop).map_err(Error::reading)
    }
}

/// A count as the database keeps it.
fn big(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
