//! User groups and their members.

mod add_user;
mod members;
mod search;

pub use add_user::AddUser;
pub use members::{Member, MemberPage, Members, MembersQuery};
pub use search::{Search, UserGroup, UserGroupPage, UserGroupQuery};
