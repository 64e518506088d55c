//! `POST /api/mdm/tags/{tagId}/update`.

use super::NewTag;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::TagId;

endpoint! {
    /// Renames a tag.
    Update = "tags.update" is "mdmv1/Tags_UpdateTag":
        POST "/api/mdm/tags/{tagId}/update", Write;
    path: TagId; query: Nothing; body: NewTag; answer: Nothing, or empty;
}
