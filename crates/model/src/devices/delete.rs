//! `DELETE /api/mdm/devices/{id}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;

endpoint! {
    /// Removes a device and its record; 403 when too many were wiped.
    Delete = "devices.delete" is "mdmv1/Devices_DeleteAsync":
        DELETE "/api/mdm/devices/{id}", Destroy;
    path: DeviceId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
