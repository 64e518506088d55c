//! `GET /api/system/users/enrolleddevices/search`.

use super::AttributeValue;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    EnrolledDevicesQuery {
        organizationgroupid: Option<i64> = "organizationgroupid",
        organizationgroup: Option<String> = "organizationgroup",
        platform: Option<String> = "platform",
        customattributes: Option<String> = "customattributes",
        serialnumber: Option<String> = "serialnumber",
        seensince: Option<Stamp> = "seensince",
        seentill: Option<Stamp> = "seentill",
        enrolledsince: Option<Stamp> = "enrolledsince",
        enrolledtill: Option<Stamp> = "enrolledtill",
    }

    /// Devices that have enrolled.
    EnrolledList {
        enrolled_device_info_list: Vec<EnrolledDevice> = "EnrolledDeviceInfoList",
    }

    /// A device that has enrolled.
    EnrolledDevice {
        asset_number: Option<String> = "AssetNumber",
        custom_attributes: Vec<AttributeValue> = "CustomAttributes",
        device_id: Option<DeviceId> = "DeviceID",
        enrolled_date: Option<String> = "EnrolledDate",
        friendly_name: Option<String> = "FriendlyName",
        last_seen: Option<String> = "LastSeen",
        organization_group: Option<String> = "OrganizationGroup",
        platform: Option<String> = "Platform",
        registration_date: Option<String> = "RegistrationDate",
        serial_number: Option<String> = "SerialNumber",
        user_name: Option<String> = "UserName",
    }
}

endpoint! {
    /// Devices that were announced and have enrolled.
    EnrolledDevices = "users.enrolleddevices" is "systemv1/DeviceRegistrationV1_RetrieveEnrolledDevices":
        GET "/api/system/users/enrolleddevices/search", Read;
    path: (); query: EnrolledDevicesQuery; body: Nothing; answer: EnrolledList, or empty;
}
