//! Reports that are exported.

mod create;
mod get;

pub use create::{Create, NewReport};
pub use get::{Get, Report};
