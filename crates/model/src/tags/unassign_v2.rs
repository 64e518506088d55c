//! `DELETE /api/mdm/tags/{tagUuid}/devices`, version 2.

use uuid::Uuid;

use crate::bulk::BulkValues;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Untags devices, all named by UUID.
    UnassignV2 = "tags.unassign.v2" is "mdmv2/TagsV2_UnassignTagAsync":
        DELETE "/api/mdm/tags/{tagUuid}/devices" v 2, Destroy;
    path: Uuid; query: Nothing; body: BulkValues; answer: Nothing, or empty;
}
