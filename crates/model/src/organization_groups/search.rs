//! `GET /api/system/groups/search`, version 2: organization groups; 200 even when there is none.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::OrganizationGroupId;
use crate::page::paged;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct GroupQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Exact match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub groupid: Option<String>,
    /// `Customer`, `Container`, …
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orderby: Option<String>,
    /// `ASC` or `DESC`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sortorder: Option<String>,
    pub page: u32,
    pub pagesize: u32,
}

/// The counters are texts on the wire.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct OrganizationGroup {
    pub id: OrganizationGroupId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<Uuid>,
    pub name: String,
    pub group_id: String,
    pub location_group_type: String,
    pub country: String,
    pub locale: String,
    /// `10/27/2023 3:05:53 PM`.
    pub created_on: String,
    pub lg_level: i64,
    pub users: String,
    pub admins: String,
    pub devices: String,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct GroupPage {
    pub organization_groups: Vec<OrganizationGroup>,
    pub total_results: u64,
}

endpoint! {
    /// Organization groups that the caller can see.
    Search = "groups.search": GET "/api/system/groups/search" v 2, Read;
    path: (); query: GroupQuery; body: Nothing; answer: GroupPage, or empty;
}

paged! { Search: OrganizationGroup in organization_groups, counted by total_results, told apart by id.0 }
