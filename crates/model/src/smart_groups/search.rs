//! `GET /api/mdm/smartgroups/search`: smart groups by (partial) name.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::SmartGroupId;
use crate::page::paged;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SmartGroupQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// An organization group: smart groups of it and of those below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizationgroupid: Option<i64>,
    /// Smart groups that exactly this organization group manages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub managedbyorganizationgroupid: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modifiedfrom: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modifiedtill: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub orderby: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sortorder: Option<String>,
    pub page: u32,
    pub pagesize: u32,
}

/// The published API spells the id `SmartGroupID`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SmartGroup {
    pub name: String,
    #[serde(rename = "SmartGroupID", alias = "SmartGroupId")]
    pub smart_group_id: SmartGroupId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smart_group_uuid: Option<Uuid>,
    /// Organization group id as a text.
    pub managed_by_organization_group_id: String,
    pub managed_by_organization_group_name: String,
    pub devices: u64,
    pub assignments: u64,
    pub exclusions: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SmartGroupPage {
    pub smart_groups: Vec<SmartGroup>,
    pub page: u32,
    pub page_size: u32,
    pub total: u64,
}

endpoint! {
    /// Smart groups whose name contains the given text; 204 when none does.
    Search = "smartgroups.search": GET "/api/mdm/smartgroups/search", Read;
    path: (); query: SmartGroupQuery; body: Nothing; answer: SmartGroupPage, or empty;
}

paged! { Search: SmartGroup in smart_groups, counted by total, told apart by smart_group_id.0 }
