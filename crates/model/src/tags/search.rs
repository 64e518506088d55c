//! `GET /api/mdm/tags/search`, version 1: tags by (partial) name.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{TagId, Wrapped};
use crate::page::paged;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TagQuery {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organizationgroupid: Option<i64>,
    pub page: u32,
    pub pagesize: u32,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct Tag {
    pub id: Wrapped<TagId>,
    pub tag_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uuid: Option<Uuid>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct TagPage {
    pub tags: Vec<Tag>,
    pub page: u32,
    pub page_size: u32,
    pub total: u64,
}

endpoint! {
    /// Tags whose name contains the given text; 204 when none does.
    Search = "tags.search": GET "/api/mdm/tags/search", Read;
    path: (); query: TagQuery; body: Nothing; answer: TagPage, or empty;
}

paged! { Search: Tag in tags, counted by total, told apart by id.0.0 }
