//! `PUT /api/mdm/devices/{deviceId}/notes/{noteId}`.

use super::DeviceNote;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, RecordId};

endpoint! {
    /// Writes a note anew.
    UpdateNote = "devices.notes.update" is "mdmv1/Notes_UpdateNotes":
        PUT "/api/mdm/devices/{deviceId}/notes/{noteId}" => 204, Write;
    path: (DeviceId, RecordId); query: Nothing; body: DeviceNote; answer: Nothing, or empty;
}
