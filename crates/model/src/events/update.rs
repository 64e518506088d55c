//! `PUT /api/system/eventnotifications/{id}`.

use super::Rule;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// Changes a rule of event notification.
    Update = "events.update" is "systemv1/EventNotificationsV1_UpdateEventNotificationRule#2":
        PUT "/api/system/eventnotifications/{id}" => 204, Write;
    path: RecordId; query: Nothing; body: Rule; answer: Nothing, or empty;
}
