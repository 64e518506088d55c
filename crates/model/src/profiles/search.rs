//! `GET /api/mdm/profiles/search`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::OrganizationGroupId;
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    SearchQuery {
        organizationgroupid: Option<i64> = "organizationgroupid",
        organizationgroupuuid: Option<Uuid> = "organizationgroupuuid",
        platform: Option<String> = "platform",
        profiletype: Option<String> = "profiletype",
        status: Option<String> = "status",
        searchtext: Option<String> = "searchtext",
        orderby: Option<String> = "orderby",
        sortorder: Option<String> = "sortorder",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
        includeandroidforwork: Option<bool> = "includeandroidforwork",
        include_androidmanagementapi: Option<bool> = "include_androidmanagementapi",
        payload_name: Option<String> = "payloadName",
    }

    /// A page of profiles.
    ProfilePage {
        profile_list: Vec<ProfileRow> = "ProfileList",
        total_results: u64 = "TotalResults",
    }

    /// A profile and to whom it is assigned.
    ProfileRow {
        assignment_smart_groups: Vec<ProfileSmartGroup> = "AssignmentSmartGroups",
        assignment_type: Option<String> = "AssignmentType",
        context: Option<String> = "Context",
        excluded_smart_groups: Vec<ProfileSmartGroup> = "ExcludedSmartGroups",
        managed_by: Option<String> = "ManagedBy",
        organization_group_id: Option<OrganizationGroupId> = "OrganizationGroupId",
        organization_group_uuid: Option<Uuid> = "OrganizationGroupUuid",
        platform: Option<String> = "Platform",
        profile_id: Option<i64> = "ProfileId",
        profile_name: Option<String> = "ProfileName",
        profile_status: Option<String> = "ProfileStatus",
        profile_type: Option<String> = "ProfileType",
        profile_uuid: Option<Uuid> = "ProfileUuid",
    }

    /// A smart group by id and name.
    ProfileSmartGroup {
        id: Option<i64> = "Id",
        name: Option<String> = "Name",
    }
}

endpoint! {
    /// Profiles; 204 when there is none.
    Search = "profiles.search" is "mdmv2/ProfilesV2_SearchProfiles":
        GET "/api/mdm/profiles/search" v 2, Read;
    path: (); query: SearchQuery; body: Nothing; answer: ProfilePage, or empty;
}

paged! { Search: ProfileRow in profile_list, counted by total_results, told apart by profile_uuid or profile_id }
