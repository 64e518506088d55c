//! `POST /api/mdm/tags/{tagUuid}/devices`, version 2.

use uuid::Uuid;

use crate::bulk::BulkValues;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Tags devices, all named by UUID.
    AssignV2 = "tags.assign.v2" is "mdmv2/TagsV2_AssignTagAsync":
        POST "/api/mdm/tags/{tagUuid}/devices" v 2, Write;
    path: Uuid; query: Nothing; body: BulkValues; answer: Nothing, or empty;
}
