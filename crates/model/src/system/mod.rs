//! The tenant itself: version and build.

mod info;

pub use info::{Info, SystemInfo, Workspace, Workspaces};
