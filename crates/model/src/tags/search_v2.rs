//! `GET /api/mdm/tags/search`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;

record! {
    /// Criteria; an absent one matches everything.
    SearchV2Query {
        organization_group_uuid: Option<Uuid> = "organization-group-uuid",
        search_text: Option<String> = "search_text",
        page: Option<u32> = "page",
        page_size: Option<u32> = "page_size",
        sort_order: Option<String> = "sort_order",
        tag_type: Option<i64> = "tag_type",
        include_global_og_tags: Option<bool> = "include_global_og_tags",
    }

    /// A page of tags.
    TagPageV2 {
        tags: Vec<TagV2> = "tags",
        total: u64 = "total",
    }

    /// A tag by UUID.
    TagV2 {
        name: Option<String> = "name",
        organization_group_name: Option<String> = "organization_group_name",
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        system_tag: Option<bool> = "system_tag",
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// Tags of an organization group, by UUID.
    SearchV2 = "tags.search.v2" is "mdmv2/TagsV2_GetByCriteriaAsync":
        GET "/api/mdm/tags/search" v 2, Read;
    path: (); query: SearchV2Query; body: Nothing; answer: TagPageV2;
}

paged! { SearchV2: TagV2 in tags, counted by total, told apart by uuid, sized by page_size }
