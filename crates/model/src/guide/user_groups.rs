//! `/API/v1/usergroups`: search, members, add members.

use serde::{Deserialize, Serialize};

use super::PageQuery;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::{UserGroupId, UserId, Wrapped};
use crate::page::paged;
use crate::users::{User, UserPage};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserGroupQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pagesize: Option<u32>,
}

/// The guide reads `Id.Value`; the published names stand beside it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UserGroup {
    pub id: Wrapped<UserGroupId>,
    pub name: String,
    pub user_count: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UserGroupList {
    pub user_groups: Vec<UserGroup>,
    pub page: u32,
    pub page_size: u32,
    pub total: u64,
}

endpoint! {
    /// User groups whose name contains the given text.
    UserGroupsSearch = "guide.usergroups.search": GET "/API/v1/usergroups/search", Read;
    path: (); query: UserGroupQuery; body: Nothing; answer: UserGroupList, or empty;
}

paged! { UserGroupsSearch: UserGroup in user_groups, counted by total, told apart by id.0.0 }

endpoint! {
    /// Members of a user group.
    UserGroupUsers = "guide.usergroups.users": GET "/API/v1/usergroups/{id}/users", Read;
    path: UserGroupId; query: PageQuery; body: Nothing; answer: UserPage, or empty;
}

paged! { UserGroupUsers: User in users, counted by total, told apart by id.0.0 }

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NewMembers {
    pub users: Vec<NewMember>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NewMember {
    pub id: Wrapped<UserId>,
}

endpoint! {
    /// Puts users into a group; those already in it stay.
    AddUsers = "guide.usergroups.addusers": POST "/API/v1/usergroups/{id}/users", Write;
    path: UserGroupId; query: Nothing; body: NewMembers; answer: Nothing, or empty;
}
