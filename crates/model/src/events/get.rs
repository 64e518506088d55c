//! `GET /api/system/eventnotifications/{id}`.

use super::Rule;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// One rule of event notification.
    Get = "events.get" is "systemv1/EventNotificationsV1_GetEventNotificationById#2":
        GET "/api/system/eventnotifications/{id}", Read;
    path: RecordId; query: Nothing; body: Nothing; answer: Rule;
}
