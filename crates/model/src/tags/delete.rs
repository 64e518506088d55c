//! `DELETE /api/mdm/tags/{tagId}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::TagId;

endpoint! {
    /// Removes a tag; 400 while a smart group or a device has it.
    Delete = "tags.delete" is "mdmv1/Tags_DeleteTag":
        DELETE "/api/mdm/tags/{tagId}", Destroy;
    path: TagId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
