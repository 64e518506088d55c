//! `PUT /api/mdm/devices/{id}/customattributes`.

use super::AttributeList;
use crate::bulk::BulkAnswer;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;

endpoint! {
    /// Sets custom attributes of a device.
    SetAttributes = "devices.attributes.set" is "mdmv1/DeviceCustomAttributes_UpdateDeviceCustomAttributesById":
        PUT "/api/mdm/devices/{id}/customattributes", Write;
    path: DeviceId; query: Nothing; body: AttributeList; answer: BulkAnswer;
}
