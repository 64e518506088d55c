//! `GET /api/mdm/devices/{id}/notes`.

use super::DeviceNote;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, Reference};
use crate::record::record;

record! {
    /// Notes about a device.
    NotePage {
        device_id: Option<Reference> = "DeviceId",
        device_notes: Vec<DeviceNote> = "DeviceNotes",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: Option<i64> = "Total",
    }
}

endpoint! {
    /// Notes about a device.
    Notes = "devices.notes" is "mdmv1/Notes_GetNotesByDevice":
        GET "/api/mdm/devices/{id}/notes", Read;
    path: DeviceId; query: Nothing; body: Nothing; answer: NotePage, or empty;
}
