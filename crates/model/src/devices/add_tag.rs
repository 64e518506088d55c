//! `POST /api/mdm/devices/{device_uuid}/tags/{tag_uuid}`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Puts one tag on one device; 400 with code 5299 if it has it.
    AddTag = "devices.tags.add" is "mdmv1/Devices_AddDeviceTagAsync":
        POST "/api/mdm/devices/{device_uuid}/tags/{tag_uuid}" => 201, Write;
    path: (Uuid, Uuid); query: Nothing; body: Nothing; answer: Nothing, or empty;
}
