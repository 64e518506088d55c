//! Stories of the engine against a tenant in process.

mod approvals;
mod audit;
mod calls;
mod disk;
mod guarding;
mod keys;
mod kill;
mod lease;
mod orders;
mod plans;
mod quota;
mod records;
mod runs;
mod settling;
mod speed;
mod users;
mod world;
