//! `POST /api/system/eventnotifications`.

use super::Rule;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::Created;

endpoint! {
    /// Makes a rule that tells an address what happens to devices.
    Create = "events.create" is "systemv1/EventNotificationsV1_CreateEventNotificationRule":
        POST "/api/system/eventnotifications", Write;
    path: (); query: Nothing; body: Rule; answer: Created;
}
