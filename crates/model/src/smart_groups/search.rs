//! `GET /api/mdm/smartgroups/search`: smart groups by (partial) name.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::SmartGroupId;
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    SmartGroupQuery {
        name: Option<String> = "name",
        /// An organization group: smart groups of it and of those below.
        organizationgroupid: Option<i64> = "organizationgroupid",
        /// Smart groups that exactly this organization group manages.
        managedbyorganizationgroupid: Option<i64> = "managedbyorganizationgroupid",
        modifiedfrom: Option<String> = "modifiedfrom",
        modifiedtill: Option<String> = "modifiedtill",
        orderby: Option<String> = "orderby",
        sortorder: Option<String> = "sortorder",
        page: u32 = "page",
        pagesize: u32 = "pagesize",
    }

    /// The published API spells the id `SmartGroupID`.
    SmartGroup {
        name: String = "Name",
        smart_group_id: SmartGroupId = "SmartGroupID",
        smart_group_uuid: Option<Uuid> = "SmartGroupUuid",
        /// Organization group id as a text.
        managed_by_organization_group_id: String = "ManagedByOrganizationGroupId",
        managed_by_organization_group_name: String = "ManagedByOrganizationGroupName",
        devices: u64 = "Devices",
        assignments: u64 = "Assignments",
        exclusions: u64 = "Exclusions",
    }

    /// Smart groups.
    SmartGroupPage {
        smart_groups: Vec<SmartGroup> = "SmartGroups",
        page: u32 = "Page",
        page_size: u32 = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// Smart groups whose name contains the given text; 204 when none does.
    Search = "smartgroups.search" is "mdmv1/SmartGroups_SearchAsync":
        GET "/api/mdm/smartgroups/search", Read;
    path: (); query: SmartGroupQuery; body: Nothing; answer: SmartGroupPage, or empty;
}

paged! { Search: SmartGroup in smart_groups, counted by total, told apart by smart_group_uuid or smart_group_id }
