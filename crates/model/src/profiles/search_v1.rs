//! `GET /api/mdm/profiles/search`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{OrganizationGroupId, RecordId, Wrapped};
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    SearchV1Query {
        kind: Option<String> = "type",
        profilename: Option<String> = "profilename",
        organizationgroupid: Option<i64> = "organizationgroupid",
        platform: Option<String> = "platform",
        status: Option<String> = "status",
        ownership: Option<String> = "ownership",
        modifiedfrom: Option<Stamp> = "modifiedfrom",
        modifiedtill: Option<Stamp> = "modifiedtill",
        orderby: Option<String> = "orderby",
        sortorder: Option<String> = "sortorder",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }

    /// A page of profiles.
    ProfilePageV1 {
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        profiles: Vec<ProfileRowV1> = "Profiles",
        total: u64 = "Total",
    }

    /// A profile in the older form.
    ProfileRowV1 {
        assignment_type: Option<String> = "AssignmentType",
        current_version: Option<i64> = "CurrentVersion",
        id: Option<Wrapped<RecordId>> = "Id",
        location_group_id: Option<OrganizationGroupId> = "LocationGroupId",
        managed_by: Option<String> = "ManagedBy",
        modified_on: Option<Stamp> = "ModifiedOn",
        platform: Option<String> = "Platform",
        profile_name: Option<String> = "ProfileName",
        profile_status: Option<String> = "ProfileStatus",
        profile_type: Option<String> = "ProfileType",
        uuid: Option<Uuid> = "Uuid",
    }
}

endpoint! {
    /// Profiles in the older form.
    SearchV1 = "profiles.search.v1" is "mdmv1/ProfilesV1_Search":
        GET "/api/mdm/profiles/search", Read;
    path: (); query: SearchV1Query; body: Nothing; answer: ProfilePageV1, or empty;
}

paged! { SearchV1: ProfileRowV1 in profiles, counted by total, told apart by uuid or id }
