//! `GET /api/system/users/search`: users by (partial) name and more.

use serde::{Deserialize, Serialize};

use super::User;
use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserQuery {
    /// Matches part of the name: whoever needs one user compares the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub firstname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lastname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Users of this organization group and those below it.
    #[serde(rename = "locationgroupid", skip_serializing_if = "Option::is_none")]
    pub locationgroup_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// `Active` or `Inactive`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orderby: Option<String>,
    /// `ASC` or `DESC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sortorder: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pagesize: Option<u32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct UserPage {
    pub users: Vec<User>,
    pub page: u32,
    pub page_size: u32,
    pub total: u64,
}

endpoint! {
    /// Users that match every given criterion; 204 when none does.
    Search = "users.search": GET "/api/system/users/search", Read;
    path: (); query: UserQuery; body: Nothing; answer: UserPage, or empty;
}

paged! { Search: User in users, counted by total, told apart by id.0.0 }
