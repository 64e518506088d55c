//! `GET /api/system/groups/search`, version 2: organization groups; 200 even when there is none.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::OrganizationGroupId;
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    GroupQuery {
        name: Option<String> = "name",
        /// Exact match.
        groupid: Option<String> = "groupid",
        /// `Customer`, `Container`, …
        kind: Option<String> = "type",
        orderby: Option<String> = "orderby",
        /// `ASC` or `DESC`.
        sortorder: Option<String> = "sortorder",
        page: u32 = "page",
        pagesize: u32 = "pagesize",
    }

    /// The counters are texts on the wire.
    OrganizationGroup {
        id: OrganizationGroupId = "Id",
        uuid: Option<Uuid> = "Uuid",
        name: String = "Name",
        group_id: String = "GroupId",
        location_group_type: String = "LocationGroupType",
        country: String = "Country",
        locale: String = "Locale",
        /// `10/27/2023 3:05:53 PM`.
        created_on: String = "CreatedOn",
        lg_level: i64 = "LgLevel",
        users: String = "Users",
        admins: String = "Admins",
        devices: String = "Devices",
    }

    /// Organization groups.
    GroupPage {
        organization_groups: Vec<OrganizationGroup> = "OrganizationGroups",
        total_results: u64 = "TotalResults",
    }
}

endpoint! {
    /// Organization groups that the caller can see.
    Search = "groups.search" is "systemv2/OrganizationGroups_OrganizationGroupSearchAsync":
        GET "/api/system/groups/search" v 2, Read;
    path: (); query: GroupQuery; body: Nothing; answer: GroupPage, or empty;
}

paged! { Search: OrganizationGroup in organization_groups, counted by total_results, told apart by uuid or id }
