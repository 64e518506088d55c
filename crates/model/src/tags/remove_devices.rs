//! `POST /api/mdm/tags/{id}/removedevices`: take a tag off devices.

use super::{BulkAnswer, BulkValues};
use crate::endpoint::{Nothing, endpoint};
use crate::ids::TagId;

endpoint! {
    /// Untags devices, named by id. The tag itself stays; on which devices it was, nobody keeps.
    RemoveDevices = "tags.removedevices" is "mdmv1/Tags_RemoveDevicesFromTagAsync":
        POST "/api/mdm/tags/{id}/removedevices", Destroy;
    path: TagId; query: Nothing; body: BulkValues; answer: BulkAnswer;
}
