//! `POST /api/mdm/tags/{id}/adddevices` and `/removedevices`: put a tag on devices, take it off.
//!
//! A device that already has the tag comes back as a fault with code 400 inside a successful answer.

use super::{BulkAnswer, BulkValues};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::TagId;

endpoint! {
    /// Tags devices, named by id.
    AddDevices = "tags.adddevices": POST "/api/mdm/tags/{id}/adddevices", Write;
    path: TagId; query: Nothing; body: BulkValues; answer: BulkAnswer;
}

endpoint! {
    /// Untags devices, named by id. The tag itself stays, so it can be put back.
    RemoveDevices = "tags.removedevices": POST "/api/mdm/tags/{id}/removedevices", Destroy;
    path: TagId; query: Nothing; body: BulkValues; answer: BulkAnswer;
}
