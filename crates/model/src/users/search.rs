//! `GET /api/system/users/search`: users by (partial) name and more.

use super::User;
use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    UserQuery {
        /// Matches part of the name: whoever needs one user compares the answer.
        username: Option<String> = "username",
        firstname: Option<String> = "firstname",
        lastname: Option<String> = "lastname",
        email: Option<String> = "email",
        /// Users of this organization group and those below it.
        locationgroup_id: Option<i64> = "locationgroupid",
        role: Option<String> = "role",
        /// `Active` or `Inactive`.
        status: Option<String> = "status",
        orderby: Option<String> = "orderby",
        /// `ASC` or `DESC`.
        sortorder: Option<String> = "sortorder",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }

    /// A page of users.
    UserPage {
        users: Vec<User> = "Users",
        page: u32 = "Page",
        page_size: u32 = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// Users that match every given criterion; 204 when none does.
    Search = "users.search" is "systemv1/User_SearchAsync":
        GET "/api/system/users/search", Read;
    path: (); query: UserQuery; body: Nothing; answer: UserPage, or empty;
}

paged! { Search: User in users, counted by total, told apart by uuid or id }
