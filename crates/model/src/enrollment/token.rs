//! `GET /api/mdm/groups/{ogUuid}/enrollment-tokens/{tokenUuid}`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;
use crate::time::Stamp;

record! {
    /// A registration record in full.
    TokenDetail {
        asset_number: Option<String> = "asset_number",
        auto_enrollment_sync_status: Option<String> = "auto_enrollment_sync_status",
        dep_token: Option<String> = "dep_token",
        enrollment_status: Option<String> = "enrollment_status",
        expiration_date: Option<Stamp> = "expiration_date",
        friendly_name: Option<String> = "friendly_name",
        imei: Option<String> = "imei",
        message_type: Option<String> = "message_type",
        model_name: Option<String> = "model_name",
        operating_system: Option<String> = "operating_system",
        organization_group_name: Option<String> = "organization_group_name",
        ownership_type: Option<String> = "ownership_type",
        platform: Option<String> = "platform",
        profile_name: Option<String> = "profile_name",
        profile_status: Option<String> = "profile_status",
        profile_user_name: Option<String> = "profile_user_name",
        qr_code_image_uri: Option<String> = "qr_code_image_uri",
        registration_date: Option<Stamp> = "registration_date",
        send_to: Option<String> = "send_to",
        serial_number: Option<String> = "serial_number",
        source: Option<String> = "source",
        status: Option<String> = "status",
        tags: Vec<String> = "tags",
        kind: Option<String> = "type",
        udid: Option<String> = "udid",
        user_info: Option<TokenUser> = "user_info",
        user_name: Option<String> = "user_name",
    }

    /// For whom the record is.
    TokenUser {
        contact_number: Option<String> = "contact_number",
        email_user_name: Option<String> = "email_user_name",
        name: Option<String> = "name",
        organization_group_name: Option<String> = "organization_group_name",
        security_type: Option<String> = "security_type",
        user_email_address: Option<String> = "user_email_address",
    }
}

endpoint! {
    /// One registration record; 404 with code 5220 if there is none.
    Token = "enrollment.token" is "mdmv1/EnrollmentTokenV1_GetByIdAsync":
        GET "/api/mdm/groups/{ogUuid}/enrollment-tokens/{tokenUuid}", Read;
    path: (Uuid, Uuid); query: Nothing; body: Nothing; answer: TokenDetail;
}
