//! `GET /api/mam/apps/search`, version 1: internal and public apps by (partial) name.
//! The list key is singular. Purchased apps have a search of their own.

use serde::{Deserialize, Serialize};

use super::App;
use crate::endpoint::{Nothing, endpoint};

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

impl crate::Paged for Search {
    type Row = App;

    fn set_page(query: &mut AppQuery, page: u32, page_size: u32) {
        (query.page, query.pagesize) = (Some(page), Some(page_size));
    }
    fn rows(answer: AppPage) -> Vec<App> {
        answer.application
    }
    fn total(answer: &AppPage) -> Option<u64> {
        Some(answer.total)
    }
    fn key(row: &App) -> i64 {
        row.id.0.0
    }
}
