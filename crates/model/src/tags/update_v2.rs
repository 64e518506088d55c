//! `PUT /api/mdm/tags/{tagUuid}`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// The other name.
    TagName {
        tag_name: Option<String> = "tag_name",
        uuid: Option<String> = "uuid",
    }
}

endpoint! {
    /// Renames a tag, named by UUID; 409 with code 5303 if the name is taken.
    UpdateV2 = "tags.update.v2" is "mdmv2/TagsV2_UpdateTagAsync":
        PUT "/api/mdm/tags/{tagUuid}" v 2 => 204, Write;
    path: Uuid; query: Nothing; body: TagName; answer: Nothing, or empty;
}
