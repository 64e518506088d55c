//! `DELETE /api/mdm/devices/{deviceId}/notes/{noteId}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, RecordId};

endpoint! {
    /// Removes a note.
    DeleteNote = "devices.notes.delete" is "mdmv1/Notes_DeleteNote":
        DELETE "/api/mdm/devices/{deviceId}/notes/{noteId}" => 204, Destroy;
    path: (DeviceId, RecordId); query: Nothing; body: Nothing; answer: Nothing, or empty;
}
