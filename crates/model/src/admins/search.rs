//! `GET /api/system/admins/search`.

use super::Admin;
use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    SearchQuery {
        firstname: Option<String> = "firstname",
        lastname: Option<String> = "lastname",
        email: Option<String> = "email",
        organizationgroupid: Option<i64> = "organizationgroupid",
        role: Option<String> = "role",
        username: Option<String> = "username",
        orderby: Option<String> = "orderby",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
        sortorder: Option<String> = "sortorder",
        status: Option<String> = "status",
        onlydirectroleassignment: Option<String> = "onlydirectroleassignment",
    }

    /// A page of administrators.
    AdminPage {
        admins: Vec<Admin> = "Admins",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// Administrators and their roles.
    Search = "admins.search" is "systemv1/AdminsV1_SearchAsync":
        GET "/api/system/admins/search", Read;
    path: (); query: SearchQuery; body: Nothing; answer: AdminPage, or empty;
}

paged! { Search: Admin in admins, counted by total, told apart by uuid or id }
