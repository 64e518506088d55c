//! `GET /api/mam/apps/appgroups/search`.

use super::AppGroup;
use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    GroupsSearchQuery {
        appgroupname: Option<String> = "appgroupname",
        organizationgroupid: Option<String> = "organizationgroupid",
        platform: Option<String> = "platform",
        appgrouptype: Option<String> = "appgrouptype",
        orderby: Option<String> = "orderby",
        sortorder: Option<String> = "sortorder",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }

    /// A page of groups of apps.
    AppGroupPage {
        app_groups: Vec<AppGroup> = "AppGroups",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// Groups of apps that are required or forbidden.
    GroupsSearch = "apps.groups.search" is "mamv1/AppGroups_ApplicationGroupSearch":
        GET "/api/mam/apps/appgroups/search", Read;
    path: (); query: GroupsSearchQuery; body: Nothing; answer: AppGroupPage, or empty;
}

paged! { GroupsSearch: AppGroup in app_groups, counted by total, told apart by application_group_id }
