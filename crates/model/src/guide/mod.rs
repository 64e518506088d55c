//! The guide dialect: `/API/v1/{resource}/…`, version in the path, lists with plural keys, 200 with an
//! empty list where the published API answers 204.
//!
//! One file per resource; the rows are those of the published API, so only envelopes and bodies that
//! differ are declared here.

mod api_keys;
mod apps;
mod compliance;
mod devices;
mod operations;
mod smart_groups;
mod system;
mod user_groups;
mod users;

pub use api_keys::{ApiKey, ApiKeyList, ApiKeyMade, ApiKeysAdd, ApiKeysList, ApiKeysRevoke, KeyText, NewApiKey};
pub use apps::{
    AppAssignments, AppDevices, AppList, AppsSearch, AssignApp, AssignedGroups, DeviceApp, DeviceAppList, Published,
};
pub use compliance::{ComplianceRule, ComplianceRules, DeviceCompliance, DeviceComplianceAnswer, NonCompliant};
pub use devices::{CommandAnswer, CommandRequest, DeviceEdit, DeviceUpdate, DevicesGet, DevicesSearch, SendCommand};
pub use operations::{Operation, OperationStatusGet};
pub use smart_groups::{SmartGroup, SmartGroupList, SmartGroupQuery, SmartGroupsSearch};
pub use system::SystemInfoGet;
pub use user_groups::{
    AddUsers, NewMember, NewMembers, UserGroup, UserGroupList, UserGroupQuery, UserGroupUsers, UserGroupsSearch,
};
pub use users::{UserEdit, UsersAdd, UsersGet, UsersSearch, UsersUpdate};

pub use crate::commands::History as CommandHistory;
pub use crate::page::PageQuery;
