//! `GET /api/system/usergroups/{id}/users`: members by name; the published answer has no ids.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Nothing, endpoint};
use crate::ids::UserGroupId;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MembersQuery {
    pub page: u32,
    pub pagesize: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Member {
    pub user_name: String,
    pub first_name: String,
    pub last_name: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct MemberPage {
    #[serde(alias = "EnrollmentUsers")]
    pub enrollment_user: Vec<Member>,
    pub page: u32,
    pub page_size: u32,
    pub total: u64,
}

endpoint! {
    /// Members of a user group; 400 with code 17 if there is no such group.
    Members = "usergroups.members": GET "/api/system/usergroups/{id}/users", Read;
    path: UserGroupId; query: MembersQuery; body: Nothing; answer: MemberPage, or empty;
}
