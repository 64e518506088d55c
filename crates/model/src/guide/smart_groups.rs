//! `GET /API/v1/smartgroups/search`.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::SmartGroupId;

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

impl crate::Paged for SmartGroupsSearch {
    type Row = SmartGroup;

    fn set_page(query: &mut SmartGroupQuery, page: u32, page_size: u32) {
        (query.page, query.pagesize) = (Some(page), Some(page_size));
    }
    fn rows(answer: SmartGroupList) -> Vec<SmartGroup> {
        answer.smart_groups
    }
    fn total(answer: &SmartGroupList) -> Option<u64> {
        Some(answer.total)
    }
    fn key(row: &SmartGroup) -> i64 {
        row.smart_group_id.0
    }
}
