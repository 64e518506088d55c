//! `GET /API/v1/smartgroups/search`.

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
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pagesize: Option<u32>,
}

/// The guide spells the id `SmartGroupId`, as a bare number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SmartGroup {
    pub smart_group_id: SmartGroupId,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smart_group_uuid: Option<Uuid>,
    pub name: String,
    pub devices: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct SmartGroupList {
    pub smart_groups: Vec<SmartGroup>,
    pub page: u32,
    pub page_size: u32,
    pub total: u64,
}

endpoint! {
    /// Smart groups whose name contains the given text.
    SmartGroupsSearch = "guide.smartgroups.search": GET "/API/v1/smartgroups/search", Read;
    path: (); query: SmartGroupQuery; body: Nothing; answer: SmartGroupList, or empty;
}

paged! { SmartGroupsSearch: SmartGroup in smart_groups, counted by total, told apart by smart_group_id.0 }
