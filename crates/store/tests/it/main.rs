//! Stories of the store. Most are told four times: to SQLite in memory, the same in the thread that asks, to a SQLite
//! file, and, where its programs are found, to a real PostgreSQL.

mod places;

mod concurrency;
mod damage;
mod faulty;
mod groups;
mod inline;
mod leases;
mod migrations;
mod refusals;
mod snapshots;
mod statements;
mod transactions;
