//! User groups and their members.

mod add;
mod add_user;
mod create_custom;
mod delete;
mod members;
mod members_by_uuid;
mod remove_user;
mod search;
mod sync;
mod update;

pub use add::{Add, NewUserGroup};
pub use add_user::AddUser;
pub use create_custom::{CreateCustom, CustomGroup};
pub use delete::Delete;
pub use members::{Member, MemberPage, Members, MembersQuery};
pub use members_by_uuid::{MemberByUuid, MemberList, MembersByUuid, MembersByUuidQuery};
pub use remove_user::RemoveUser;
pub use search::{Search, UserGroup, UserGroupPage, UserGroupQuery};
pub use sync::Sync;
pub use update::{Permission, PermissionRemoval, Update, UserGroupEdit};
