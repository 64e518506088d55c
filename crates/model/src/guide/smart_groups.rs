//! `GET /API/v1/smartgroups/search`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::SmartGroupId;
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    SmartGroupQuery {
        name: Option<String> = "name",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }

    /// The guide spells the id `SmartGroupId`, as a bare number.
    SmartGroup {
        smart_group_id: SmartGroupId = "SmartGroupId",
        smart_group_uuid: Option<Uuid> = "SmartGroupUuid",
        name: String = "Name",
        devices: u64 = "Devices",
    }

    /// Smart groups.
    SmartGroupList {
        smart_groups: Vec<SmartGroup> = "SmartGroups",
        page: u32 = "Page",
        page_size: u32 = "PageSize",
        total: u64 = "Total",
    }
}

endpoint! {
    /// Smart groups whose name contains the given text.
    SmartGroupsSearch = "guide.smartgroups.search" is "guide/smartgroups.search":
        GET "/API/v1/smartgroups/search", Read;
    path: (); query: SmartGroupQuery; body: Nothing; answer: SmartGroupList, or empty;
}

paged! { SmartGroupsSearch: SmartGroup in smart_groups, counted by total, told apart by smart_group_uuid or smart_group_id }
