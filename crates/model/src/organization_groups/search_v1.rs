//! `GET /api/system/groups/search`.

use super::LocationGroup;
use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    SearchV1Query {
        name: Option<String> = "name",
        kind: Option<String> = "type",
        groupid: Option<String> = "groupid",
        orderby: Option<String> = "orderby",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
        sortorder: Option<String> = "sortorder",
    }

    /// A page of groups.
    LocationGroupPage {
        location_groups: Vec<LocationGroup> = "LocationGroups",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// Organization groups in the older form: no UUIDs; 204 when there is none.
    SearchV1 = "groups.search.v1" is "systemv1/OrganizationGroups_LocationGroupSearch":
        GET "/api/system/groups/search", Read;
    path: (); query: SearchV1Query; body: Nothing; answer: LocationGroupPage, or empty;
}

paged! { SearchV1: LocationGroup in location_groups, counted by total, told apart by uuid or id }
