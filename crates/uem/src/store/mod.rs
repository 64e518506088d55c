//! Every SQL statement of the tenant, one file per group of tables. (The fleet keeps the statements
//! that only it needs in its own folder.)

pub(crate) mod access;
pub(crate) mod apps;
pub(crate) mod commands;
pub(crate) mod compliance;
pub(crate) mod devices;
pub(crate) mod events;
pub(crate) mod filter;
pub(crate) mod operations;
pub(crate) mod organization_groups;
pub(crate) mod page;
pub(crate) mod smart_groups;
pub(crate) mod tags;
pub(crate) mod tenant;
pub(crate) mod user_groups;
pub(crate) mod users;

use muster_store::{Database, Error, Migration};

const MIGRATIONS: &[Migration] =
    &[Migration { name: "0001_tenant", sql: include_str!("migrations/0001_tenant.sql"), postgres: None }];

/// Brings the tenant's tables to their newest form.
pub(crate) async fn migrate(database: &Database) -> Result<(), Error> {
    database.migrate("uem", MIGRATIONS).await
}
