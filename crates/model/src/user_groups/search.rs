//! `GET /api/system/usergroups/search`: user groups by (partial) name. The list key is singular.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::UserGroupId;
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    UserGroupQuery {
        groupname: Option<String> = "groupname",
        /// Groups of this organization group and those below it.
        organizationgroupid: Option<i64> = "organizationgroupid",
        locationgroupuuid: Option<String> = "locationgroupuuid",
        /// `Directory`, `Custom` or `All`.
        usergrouptype: Option<String> = "usergrouptype",
        usergroupuuid: Option<String> = "usergroupuuid",
        syncstatus: Option<String> = "syncstatus",
        mergestatus: Option<String> = "mergestatus",
        page: u32 = "page",
        pagesize: u32 = "pagesize",
    }

    /// A user group and how many are in it.
    UserGroup {
        user_group_id: UserGroupId = "UserGroupId",
        user_group_name: String = "UserGroupName",
        user_count: u64 = "UserCount",
        /// Organization group id as a text.
        organization_group: String = "OrganizationGroup",
    }

    /// User groups.
    UserGroupPage {
        user_group: Vec<UserGroup> = "UserGroup" | "UserGroups" | "ResultSet",
        page: u32 = "Page",
        page_size: u32 = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// User groups whose name contains the given text; 204 when none does.
    Search = "usergroups.search" is "systemv1/UserGroups_Search":
        GET "/api/system/usergroups/search", Read;
    path: (); query: UserGroupQuery; body: Nothing; answer: UserGroupPage, or empty;
}

paged! { Search: UserGroup in user_group, counted by total, told apart by user_group_id }
