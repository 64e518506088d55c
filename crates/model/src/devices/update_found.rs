//! `PUT /api/mdm/devices`.

use super::{DeviceEdit, FindQuery};
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Edits a device that another identifier names.
    UpdateFound = "devices.update.found" is "mdmv1/Devices_EditDeviceByAlternateIdAsync":
        PUT "/api/mdm/devices" => 204, Write;
    path: (); query: FindQuery; body: DeviceEdit; answer: Nothing, or empty;
}
