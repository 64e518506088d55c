//! `POST /api/mdm/tags/{id}/adddevices`: put a tag on devices.
//!
//! A device that already has the tag comes back as a fault with code 400 inside a successful answer.

use super::{BulkAnswer, BulkValues};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::TagId;

endpoint! {
    /// Tags devices, named by id.
    AddDevices = "tags.adddevices" is "mdmv1/Tags_AddDevicesToTagAsync":
        POST "/api/mdm/tags/{id}/adddevices", Write;
    path: TagId; query: Nothing; body: BulkValues; answer: BulkAnswer;
}
