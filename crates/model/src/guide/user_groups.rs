//! `/API/v1/usergroups`: search, members, add members.

use serde::{Deserialize, Serialize};

use super::PageQuery;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::{UserGroupId, UserId, Wrapped};
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

impl crate::Paged for UserGroupsSearch {
    type Row = UserGroup;

    fn set_page(query: &mut UserGroupQuery, page: u32, page_size: u32) {
        (query.page, query.pagesize) = (Some(page), Some(page_size));
    }
    fn rows(answer: UserGroupList) -> Vec<UserGroup> {
        answer.user_groups
    }
    fn total(answer: &UserGroupList) -> Option<u64> {
        Some(answer.total)
    }
    fn key(row: &UserGroup) -> i64 {
        row.id.0.0
    }
}

endpoint! {
    /// Members of a user group.
    UserGroupUsers = "guide.usergroups.users": GET "/API/v1/usergroups/{id}/users", Read;
    path: UserGroupId; query: PageQuery; body: Nothing; answer: UserPage, or empty;
}

impl crate::Paged for UserGroupUsers {
    type Row = User;

    fn set_page(query: &mut PageQuery, page: u32, page_size: u32) {
        (query.page, query.pagesize) = (Some(page), Some(page_size));
    }
    fn rows(answer: UserPage) -> Vec<User> {
        answer.users
    }
    fn total(answer: &UserPage) -> Option<u64> {
        Some(answer.total)
    }
    fn key(row: &User) -> i64 {
        row.id.0.0
    }
}

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
