//! `GET /api/mdm/devices/customattribute/search`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    AttributesQuery {
        organizationgroupid: Option<i64> = "organizationgroupid",
        deviceid: Option<i64> = "deviceid",
        serialnumber: Option<String> = "serialnumber",
        modifiedfrom: Option<Stamp> = "modifiedfrom",
        modifiedtill: Option<Stamp> = "modifiedtill",
        applicationgroup: Option<String> = "applicationgroup",
        customattributename: Option<String> = "customattributename",
        source: Option<String> = "source",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
    }

    /// A page of devices and their attributes.
    AttributePage {
        devices: Vec<DeviceAttributes> = "Devices",
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
    }

    /// A device and its custom attributes.
    DeviceAttributes {
        asset_number: Option<String> = "AssetNumber",
        custom_attributes: Vec<AttributeValue> = "CustomAttributes",
        device_id: Option<DeviceId> = "DeviceId",
        enrollment_user_name: Option<String> = "EnrollmentUserName",
        serial_number: Option<String> = "SerialNumber",
        udid: Option<String> = "Udid",
    }

    /// A custom attribute and where its value came from.
    AttributeValue {
        application: Option<String> = "Application",
        name: Option<String> = "Name",
        source: Option<String> = "Source",
        value: Option<String> = "Value",
    }
}

endpoint! {
    /// Custom attributes of devices.
    Attributes = "devices.attributes" is "mdmv1/DeviceCustomAttributes_DeviceCustomAttributeSearch":
        GET "/api/mdm/devices/customattribute/search", Read;
    path: (); query: AttributesQuery; body: Nothing; answer: AttributePage, or empty;
}

paged! { Attributes: DeviceAttributes in devices, counted by total, told apart by device_id }
