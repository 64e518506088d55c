//! `POST /api/mdm/tags/addtag`: make a tag.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{Created, OrganizationGroupId};
use crate::record::record;

record! {
    /// A tag to make.
    NewTag {
        tag_name: String = "TagName",
        /// 1 is a device tag.
        tag_type: i64 = "TagType",
        tag_avatar: String = "TagAvatar",
        location_group_id: OrganizationGroupId = "LocationGroupId",
    }
}

endpoint! {
    /// Makes a tag in an organization group.
    Add = "tags.add" is "mdmv1/Tags_AddTag":
        POST "/api/mdm/tags/addtag", Write;
    path: (); query: Nothing; body: NewTag; answer: Created;
}
