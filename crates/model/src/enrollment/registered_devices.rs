//! `GET /api/system/users/registereddevices/search`.

use super::AttributeValue;
use crate::endpoint::{Nothing, endpoint};
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    RegisteredDevicesQuery {
        organizationgroupid: Option<i64> = "organizationgroupid",
        organizationgroup: Option<String> = "organizationgroup",
        platform: Option<String> = "platform",
        customattributes: Option<String> = "customattributes",
        assetnumber: Option<String> = "assetnumber",
        seensince: Option<Stamp> = "seensince",
        seentill: Option<Stamp> = "seentill",
    }

    /// Devices that were announced.
    RegisteredList {
        registered_device_info_list: Vec<RegisteredDevice> = "RegisteredDeviceInfoList",
    }

    /// A device that was announced.
    RegisteredDevice {
        asset_number: Option<String> = "AssetNumber",
        custom_attributes: Vec<AttributeValue> = "CustomAttributes",
        friendly_name: Option<String> = "FriendlyName",
        organization_group: Option<String> = "OrganizationGroup",
        platform: Option<String> = "Platform",
        registration_date: Option<String> = "RegistrationDate",
        serial_number: Option<String> = "SerialNumber",
        udid: Option<String> = "UDID",
        username: Option<String> = "Username",
    }
}

endpoint! {
    /// Devices that were announced and have not enrolled.
    RegisteredDevices = "users.registereddevices" is "systemv1/DeviceRegistrationV1_RetrieveRegisteredDevices":
        GET "/api/system/users/registereddevices/search", Read;
    path: (); query: RegisteredDevicesQuery; body: Nothing; answer: RegisteredList, or empty;
}
