//! `PUT /api/mdm/devices/{deviceUuid}/lostmode/{enableLostMode}`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// What a lost device shows.
    LostModeMessage {
        footnote: Option<String> = "footnote",
        message: Option<String> = "message",
        phone_number: Option<String> = "phone_number",
    }
}

endpoint! {
    /// Puts an iOS device into lost mode or takes it out.
    LostMode = "devices.lostmode" is "mdmv1/LostModeV1_UpdateLostModeAsync":
        PUT "/api/mdm/devices/{deviceUuid}/lostmode/{enableLostMode}" => 202, Write;
    path: (Uuid, bool); query: Nothing; body: LostModeMessage; answer: Nothing, or empty;
}
