//! Long-running operations of the published API.

mod get;
mod trigger;

pub use get::{Get, Operation};
pub use trigger::{NewOperation, Trigger};
