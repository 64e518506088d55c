//! `POST /api/system/users/{id}/registerdevice`.

use super::RegistrationAttribute;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::{OrganizationGroupId, UserId};
use crate::record::record;

record! {
    /// A device that will come.
    Registration {
        asset_number: Option<String> = "AssetNumber",
        custom_attributes: Option<Vec<RegistrationAttribute>> = "CustomAttributes",
        friendly_name: Option<String> = "FriendlyName",
        imei: Option<String> = "Imei",
        is_migration: Option<bool> = "IsMigration",
        location_group_id: Option<OrganizationGroupId> = "LocationGroupId",
        message_template_id: Option<String> = "MessageTemplateId",
        message_type: Option<String> = "MessageType",
        model_id: Option<i64> = "ModelId",
        operating_system_id: Option<i64> = "OperatingSystemId",
        ownership: Option<String> = "Ownership",
        platform_id: Option<i64> = "PlatformId",
        sim: Option<String> = "SIM",
        serial_number: Option<String> = "SerialNumber",
        tags: Option<Vec<RegistrationTag>> = "Tags",
        to_email_address: Option<String> = "ToEmailAddress",
        to_phone_number: Option<String> = "ToPhoneNumber",
        udid: Option<String> = "Udid",
    }

    /// A tag that it will have.
    RegistrationTag {
        name: Option<String> = "Name",
    }
}

endpoint! {
    /// Announces a device of a user before it enrolls.
    RegisterDevice = "users.registerdevice" is "systemv1/DeviceRegistrationV1_RegisterDeviceForUserAsync":
        POST "/api/system/users/{id}/registerdevice", Write;
    path: UserId; query: Nothing; body: Registration; answer: Nothing, or empty;
}
