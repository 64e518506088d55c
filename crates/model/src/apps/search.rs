//! `GET /api/mam/apps/search`, version 1: internal and public apps by (partial) name.
//! The list key is singular. Purchased apps have a search of their own.

use serde::{Deserialize, Serialize};

use super::App;
use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct AppQuery {
    /// Matches part of the name: several versions of one app are several rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub applicationname: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundleid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pagesize: Option<u32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct AppPage {
    #[serde(alias = "Applications")]
    pub application: Vec<App>,
    pub page: u32,
    pub page_size: u32,
    pub total: u64,
}

endpoint! {
    /// Apps whose name contains the given text; 204 when none does.
    Search = "apps.search": GET "/api/mam/apps/search", Read;
    path: (); query: AppQuery; body: Nothing; answer: AppPage, or empty;
}

paged! { Search: App in application, counted by total, told apart by id.0.0 }
