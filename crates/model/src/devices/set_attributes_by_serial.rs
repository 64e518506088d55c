//! `PUT /api/mdm/devices/serialnumber/{serialnumber}/customattributes`.

use super::AttributeList;
use crate::bulk::BulkAnswer;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Sets custom attributes of a device that its serial number names.
    SetAttributesBySerial = "devices.attributes.setbyserial" is "mdmv1/DeviceCustomAttributes_UpdateDeviceCustomAttributesBySerial":
        PUT "/api/mdm/devices/serialnumber/{serialnumber}/customattributes", Write;
    path: String; query: Nothing; body: AttributeList; answer: BulkAnswer;
}
