//! `POST /api/mdm/profiles/search`, version 3.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    ProfileSearch {
        configuration_types: Option<Vec<String>> = "configuration_types",
        context: Option<String> = "context",
        exclude_child_organization_group: Option<bool> = "exclude_child_organization_group",
        exclude_compliance_profile: Option<bool> = "exclude_compliance_profile",
        exclude_interactive_profile: Option<bool> = "exclude_interactive_profile",
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        page_number: Option<u32> = "page_number",
        page_size: Option<u32> = "page_size",
        payloads: Option<Vec<String>> = "payloads",
        platform: Option<String> = "platform",
        search_text: Option<String> = "search_text",
        sort_by: Option<String> = "sort_by",
        sort_order: Option<String> = "sort_order",
        status: Option<String> = "status",
    }

    /// A page of profiles.
    ProfilePageV3 {
        profiles: Vec<ProfileRowV3> = "profiles",
        total_count: Option<i64> = "total_count",
    }

    /// A profile and to whom it is assigned.
    ProfileRowV3 {
        assigned_smart_groups: Vec<ProfileSmartGroupV3> = "assigned_smart_groups",
        assignment_type: Option<String> = "assignment_type",
        configuration_type: Option<String> = "configuration_type",
        configured_payload: Vec<PayloadName> = "configured_payload",
        context: Option<String> = "context",
        created_by_resource_profile: Option<bool> = "created_by_resource_profile",
        excluded_smart_groups: Vec<ProfileSmartGroupV3> = "excluded_smart_groups",
        managed_by: Option<String> = "managed_by",
        name: Option<String> = "name",
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        platform: Option<String> = "platform",
        status: Option<String> = "status",
        uuid: Option<Uuid> = "uuid",
    }

    /// A smart group by UUID and name.
    ProfileSmartGroupV3 {
        name: Option<String> = "Name",
        uuid: Option<Uuid> = "Uuid",
    }

    /// A kind of payload in a profile.
    PayloadName {
        display_key: Option<String> = "display_key",
        name: Option<String> = "name",
    }
}

endpoint! {
    /// Profiles, asked for in a body; 50 a page at most.
    SearchV3 = "profiles.search.v3" is "mdmv3/ProfilesV3_SearchAsync":
        POST "/api/mdm/profiles/search" v 3, Read;
    path: (); query: Nothing; body: ProfileSearch; answer: ProfilePageV3;
}
