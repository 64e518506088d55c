//! Stories of the store. Most are told three times: to SQLite in memory, to a SQLite file, and, where its programs are
//! found, to a real PostgreSQL.

mod places;

mod concurrency;
mod groups;
mod leases;
mod migrations;
mod refusals;
mod snapshots;
mod statements;
mod transactions;
