//! Organization groups: the tree in which everything is owned.

mod search;

pub use search::{GroupPage, GroupQuery, OrganizationGroup, Search};
