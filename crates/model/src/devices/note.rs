//! `GET /api/mdm/devices/{deviceId}/notes/{noteId}`.

use super::DeviceNote;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, RecordId};

endpoint! {
    /// One note about a device.
    Note = "devices.note" is "mdmv1/Notes_GetDeviceNote":
        GET "/api/mdm/devices/{deviceId}/notes/{noteId}", Read;
    path: (DeviceId, RecordId); query: Nothing; body: Nothing; answer: DeviceNote;
}
