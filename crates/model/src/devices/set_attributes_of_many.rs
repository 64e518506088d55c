//! `PUT /api/mdm/devices/customattributes`.

use uuid::Uuid;

use super::NewAttribute;
use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// A device and attributes to set.
    AttributesOfDevice {
        device_custom_attributes: Option<Vec<NewAttribute>> = "deviceCustomAttributes",
        serial_number: Option<String> = "serialNumber",
        user_name: Option<String> = "userName",
        uuid: Option<Uuid> = "uuid",
    }

    /// How many devices took their attributes, and why the others did not.
    AttributesAnswer {
        accepted_items: Option<i64> = "acceptedItems",
        activity_id: Option<Uuid> = "activityId",
        failed_devices: Vec<FailedDevice> = "failedDevices",
        failed_items: Option<i64> = "failedItems",
        id: Option<i64> = "id",
        total_items: Option<i64> = "totalItems",
        uuid: Option<Uuid> = "uuid",
    }

    /// A device that did not take its attributes.
    FailedDevice {
        error_code: Option<i64> = "errorCode",
        failed_custom_attributes: Vec<FailedAttribute> = "failedCustomAttributes",
        id: Option<i64> = "id",
        message: Option<String> = "message",
        serial_number: Option<String> = "serialNumber",
        user_name: Option<String> = "userName",
        uuid: Option<Uuid> = "uuid",
    }

    /// An attribute that was not taken.
    FailedAttribute {
        application_group: Option<String> = "applicationGroup",
        error_code: Option<i64> = "errorCode",
        id: Option<i64> = "id",
        message: Option<String> = "message",
        name: Option<String> = "name",
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// Sets custom attributes of up to 500 devices.
    SetAttributesOfMany = "devices.attributes.setmany" is "mdmv1/DeviceCustomAttributes_BulkUpdateDeviceCustomAttributes":
        PUT "/api/mdm/devices/customattributes", Write;
    path: (); query: Nothing; body: Vec<AttributesOfDevice>; answer: AttributesAnswer;
}
