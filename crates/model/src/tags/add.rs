//! `POST /api/mdm/tags/addtag`: make a tag.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{Created, OrganizationGroupId};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct NewTag {
    pub tag_name: String,
    /// 1 is a device tag.
    pub tag_type: i64,
    pub tag_avatar: String,
    #[serde(alias = "LocationGroupID")]
    pub location_group_id: OrganizationGroupId,
}

endpoint! {
    /// Makes a tag in an organization group.
    Add = "tags.add": POST "/api/mdm/tags/addtag", Write;
    path: (); query: Nothing; body: NewTag; answer: Created;
}
