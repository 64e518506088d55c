//! The tenant itself: version and build.

mod api_keys;
mod info;

pub use api_keys::{ApiKey, ApiKeys, ApiUse, OAuthClient};
pub use info::{Info, SystemInfo, Workspace, Workspaces};
