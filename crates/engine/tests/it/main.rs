//! Stories of the engine against a tenant in process.

mod approvals;
mod audit;
mod bulk;
mod calls;
mod deadlines;
mod deaths;
mod disk;
mod guarding;
mod keys;
mod kill;
mod lease;
mod orders;
mod plans;
mod proofs;
mod quota;
mod records;
mod rings;
mod rot;
mod runs;
mod scale;
mod settling;
mod simulation;
mod speed;
mod users;
mod verbs;
mod world;
