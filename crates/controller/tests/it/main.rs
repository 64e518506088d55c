//! Stories of a controller: its tenant is a UEM in this process, its time is stepped, and its rows are in
//! a SQLite file, and where PostgreSQL is installed also in a real server.

mod scene;

mod alerts;
mod cache;
mod dashboard;
mod messages;
mod recovery;
mod schedules;
