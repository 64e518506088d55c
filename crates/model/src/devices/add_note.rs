//! `POST /api/mdm/devices/{deviceId}/notes`.

use super::DeviceNote;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::{Created, DeviceId};

endpoint! {
    /// Writes a note of three characters or more.
    AddNote = "devices.notes.add" is "mdmv1/Notes_CreateNotes":
        POST "/api/mdm/devices/{deviceId}/notes" => 201, Write;
    path: DeviceId; query: Nothing; body: DeviceNote; answer: Created;
}
