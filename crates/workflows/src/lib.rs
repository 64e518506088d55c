//! Decide what ought to be done, and say why.
//!
//! Every workflow observes facts through an [`inventory::Inventory`] and then decides, purely, what ought
//! to be done; the decision is a draft for the engine, with a reason for every item. Reports put what the
//! engine made of it into the rows that administrators know.
//!
//! Not here: sending writes, SQL, schedules, terminals, and who asked.

pub mod bulk;
pub mod catalog;
pub mod compliance;
pub mod deployment;
pub mod error;
pub mod formula;
mod gather;
pub mod inventory;
pub mod provisioning;
pub mod recheck;
pub mod report;
pub mod selection;
mod sheet;
pub mod words;
pub mod workflow;

pub use error::{Error, Kind};
pub use inventory::Inventory;
pub use workflow::{Decided, Unwatched, Watch, Workflow};
