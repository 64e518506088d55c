//! `PUT /api/mdm/devices/{id}`: change the three fields that the published API lets a client edit.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::record::record;
use crate::words::Ownership;

record! {
    /// Fields to change; an absent one stays as it is.
    DeviceEdit {
        asset_number: Option<String> = "AssetNumber",
        device_friendly_name: Option<String> = "DeviceFriendlyName",
        ownership: Option<Ownership> = "Ownership",
    }
}

endpoint! {
    /// Edits asset number, friendly name and ownership. Tags, user and group are not edited here.
    Update = "devices.update" is "mdmv1/Devices_EditDeviceAsync":
        PUT "/api/mdm/devices/{id}" => 204, Write;
    path: DeviceId; query: Nothing; body: DeviceEdit; answer: Nothing, or empty;
}
