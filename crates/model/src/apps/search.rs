//! `GET /api/mam/apps/search`, version 1: internal and public apps by (partial) name.
//! The list key is singular. Purchased apps have a search of their own.

use super::App;
use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    AppQuery {
        /// Matches part of the name: several versions of one app are several rows.
        applicationname: Option<String> = "applicationname",
        bundleid: Option<String> = "bundleid",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }

    /// A page of apps.
    AppPage {
        application: Vec<App> = "Application",
        page: u32 = "Page",
        page_size: u32 = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// Apps whose name contains the given text; 204 when none does.
    Search = "apps.search" is "mamv1/Apps_SearchAsync":
        GET "/api/mam/apps/search", Read;
    path: (); query: AppQuery; body: Nothing; answer: AppPage, or empty;
}

paged! { Search: App in application, counted by total, told apart by uuid or id }
