//! Smart groups: sets of devices by criteria, to which apps and profiles are assigned.

mod search;

pub use search::{Search, SmartGroup, SmartGroupPage, SmartGroupQuery};
