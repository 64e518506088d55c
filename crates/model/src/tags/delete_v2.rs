//! `DELETE /api/mdm/tags/{tagUuid}`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Removes a tag, named by UUID.
    DeleteV2 = "tags.delete.v2" is "mdmv2/TagsV2_DeleteTagAsync":
        DELETE "/api/mdm/tags/{tagUuid}" v 2, Destroy;
    path: Uuid; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
