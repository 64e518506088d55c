//! `GET /api/mam/apps/search`, version 1: internal and public apps by (partial) name.
//! The list key is singular. Purchased apps have a search of their own.

use serde::{Deserialize, Serialize};

use super::App;
use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::{derived, record};

record! {
    /// Criteria; an absent one matches everything.
    AppQuery {
        /// Matches part of the name: several versions of one app are several rows.
        applicationname: Option<String> = "applicationname",
        bundleid: Option<String> = "bundleid",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }
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
    Search = "apps.search" is "mamv1/Apps_SearchAsync":
        GET "/api/mam/apps/search", Read;
    path: (); query: AppQuery; body: Nothing; answer: AppPage, or empty;
}

paged! { Search: App in application, counted by total, told apart by id }

derived! { AppPage }
