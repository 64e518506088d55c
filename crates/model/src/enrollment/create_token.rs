//! `POST /api/mdm/groups/{ogUuid}/enrollment-tokens`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::Created;
use crate::record::record;

record! {
    /// Which device is allowed or forbidden.
    NewToken {
        attribute_type: Option<String> = "attribute_type",
        device_attribute: Option<String> = "device_attribute",
        ownership_type: Option<String> = "ownership_type",
        registration_type: Option<String> = "registration_type",
    }
}

endpoint! {
    /// Allows or forbids a device to enroll.
    CreateToken = "enrollment.tokens.create" is "mdmv1/EnrollmentTokenV1_CreateAsync":
        POST "/api/mdm/groups/{ogUuid}/enrollment-tokens" => 201, Write;
    path: Uuid; query: Nothing; body: NewToken; answer: Created, or empty;
}
