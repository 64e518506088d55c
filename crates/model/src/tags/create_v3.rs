//! `POST /api/mdm/tags`, version 3.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::Created;
use crate::record::record;

record! {
    /// A tag to make.
    NewTagV3 {
        organization_group_uuid: Option<Uuid> = "organization_group_uuid",
        tag_name: Option<String> = "tag_name",
    }
}

endpoint! {
    /// Makes a tag in an organization group, named by UUID; 409 if the name is taken.
    CreateV3 = "tags.create.v3" is "mdmv3/TagsV3_AddTagAsync":
        POST "/api/mdm/tags" v 3 => 201, Write;
    path: (); query: Nothing; body: NewTagV3; answer: Created;
}
