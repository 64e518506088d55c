//! `GET /api/system/usergroups/search`: user groups by (partial) name. The list key is singular.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Nothing, endpoint};
use crate::ids::UserGroupId;
use crate::page::paged;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserGroupQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groupname: Option<String>,
    /// Groups of this organization group and those below it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizationgroupid: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locationgroupuuid: Option<String>,
    /// `Directory`, `Custom` or `All`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usergrouptype: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub usergroupuuid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub syncstatus: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mergestatus: Option<String>,
    pub page: u32,
    pub pagesize: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UserGroup {
    pub user_group_id: UserGroupId,
    pub user_group_name: String,
    pub user_count: u64,
    /// Organization group id as a text.
    pub organization_group: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UserGroupPage {
    #[serde(alias = "UserGroups", alias = "ResultSet")]
    pub user_group: Vec<UserGroup>,
    pub page: u32,
    pub page_size: u32,
    pub total: u64,
}

endpoint! {
    /// User groups whose name contains the given text; 204 when none does.
    Search = "usergroups.search": GET "/api/system/usergroups/search", Read;
    path: (); query: UserGroupQuery; body: Nothing; answer: UserGroupPage, or empty;
}

paged! { Search: UserGroup in user_group, counted by total, told apart by user_group_id.0 }
