//! `GET /api/system/groups/{id}/tags`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{OrganizationGroupId, Reference};
use crate::record::record;

record! {
    /// Tags of a group.
    GroupTags {
        og_id: Option<Reference> = "OGId",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        tags: Vec<GroupTag> = "Tags",
        total: Option<i64> = "Total",
    }

    /// A tag, as its group tells it.
    GroupTag {
        id: Option<i64> = "Id",
        location_group_id: Option<OrganizationGroupId> = "LocationGroupId",
        tag_avatar: Option<String> = "TagAvatar",
        tag_name: Option<String> = "TagName",
        tag_type: Option<String> = "TagType",
    }
}

endpoint! {
    /// The tags of a group; 404 when it has none.
    Tags = "groups.tags" is "systemv1/Tags_GetTagsByOG":
        GET "/api/system/groups/{id}/tags", Read;
    path: OrganizationGroupId; query: Nothing; body: Nothing; answer: GroupTags;
}
