//! `DELETE /api/mdm/devices/{device_uuid}/tags/{tag_uuid}`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Takes one tag off one device.
    RemoveTag = "devices.tags.remove" is "mdmv1/Devices_RemoveDeviceTagAsync":
        DELETE "/api/mdm/devices/{device_uuid}/tags/{tag_uuid}" => 204, Destroy;
    path: (Uuid, Uuid); query: Nothing; body: Nothing; answer: Nothing, or empty;
}
