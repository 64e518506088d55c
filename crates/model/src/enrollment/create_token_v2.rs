//! `POST /api/mdm/groups/{ogUuid}/enrollment-tokens`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::{Hidden, record};

record! {
    /// A device to register, allow or forbid: one of the three.
    NewTokenV2 {
        device_blacklist_record: Option<ForbiddenDevice> = "device_blacklist_record",
        device_registration_record: Option<RegistrationV2> = "device_registration_record",
        device_whitelist_record: Option<AllowedDevice> = "device_whitelist_record",
        registration_type: Option<String> = "registration_type",
    }

    /// A device that must not enroll.
    ForbiddenDevice {
        attribute_type: Option<String> = "attribute_type",
        device_attribute: Option<String> = "device_attribute",
    }

    /// A device that will come, and for whom.
    RegistrationV2 {
        asset_number: Option<String> = "asset_number",
        custom_attributes: Option<Vec<RegistrationAttributeV2>> = "custom_attributes",
        device_udid: Option<String> = "device_udid",
        friendly_name: Option<String> = "friendly_name",
        imei: Option<String> = "imei",
        is_migration: Option<bool> = "is_migration",
        message_template_id: Option<i64> = "message_template_id",
        message_type: Option<String> = "message_type",
        model_id: Option<i64> = "model_id",
        operating_system_id: Option<i64> = "operating_system_id",
        ownership_type: Option<String> = "ownership_type",
        platform_id: Option<i64> = "platform_id",
        serial_number: Option<String> = "serial_number",
        sim: Option<String> = "sim",
        tags: Option<Vec<RegistrationTagV2>> = "tags",
        to_email_address: Option<String> = "to_email_address",
        to_phone_number: Option<String> = "to_phone_number",
        user_uuid: Option<Uuid> = "user_uuid",
    }

    /// A custom attribute that it will have.
    RegistrationAttributeV2 {
        application: Option<String> = "application",
        name: Option<String> = "name",
        value: Option<String> = "value",
    }

    /// A tag that it will have.
    RegistrationTagV2 {
        name: Option<String> = "name",
    }

    /// A device that may enroll.
    AllowedDevice {
        attribute_type: Option<String> = "attribute_type",
        device_attribute: Option<String> = "device_attribute",
        ownership_type: Option<String> = "ownership_type",
    }

    /// The token to enroll with.
    IssuedToken {
        qr_code_image_uri: Option<String> = "qr_code_image_uri",
        token: Option<Hidden> = "token",
    }
}

endpoint! {
    /// Registers, allows or forbids a device.
    CreateTokenV2 = "enrollment.tokens.create.v2" is "mdmv2/EnrollmentTokenV2_CreateEnrollmentToken":
        POST "/api/mdm/groups/{ogUuid}/enrollment-tokens" v 2 => 201, Write;
    path: Uuid; query: Nothing; body: NewTokenV2; answer: IssuedToken;
}
