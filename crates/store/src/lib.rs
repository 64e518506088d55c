//! State that outlives the process: one database of either kind, SQLite or PostgreSQL, opened by URL.
//!
//! This room opens, migrates, reads and writes; it tells the time, claims leases and locks a folder. It does *not*
//! know what anybody stores: every other room owns its tables, its statements and its list of migrations.
//!
//! One text per statement serves both engines: parameters are `$1`, `$2`, …; times are `BIGINT` microseconds since
//! 1970, flags `BIGINT` 0 or 1, UUIDs `TEXT`, and upserts are written `on conflict … do update`.

mod at_once;
mod changes;
mod clock;
mod connections;
mod damage;
mod database;
mod error;
mod group;
mod inline;
mod lease;
mod lock;
mod log;
mod migrate;
mod open;
mod parameters;
mod row;
mod rows;
pub mod salvage;
mod snapshot;
#[cfg(feature = "testing")]
pub mod testing;
mod transaction;
mod value;

pub use changes::Changes;
pub use clock::{Clock, ManualClock, SystemClock};
pub use database::{Database, Engine, Options, Sql, Statement};
pub use error::{Error, Kind};
pub use lease::{Holder, Lease};
pub use lock::FolderLock;
pub use migrate::Migration;
pub use row::{FromColumn, Row};
pub use rows::ForRows;
pub use snapshot::Snapshot;
pub use transaction::Transaction;
pub use value::Value;
