//! Users from a table: who is missing, who has changed, who belongs to which group.

pub mod columns;
mod sample;
pub mod table;

pub use sample::sample;
pub use table::{Table, UserRow};
