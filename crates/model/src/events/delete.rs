//! `DELETE /api/system/eventnotifications/{id}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// Removes a rule of event notification.
    Delete = "events.delete" is "systemv1/EventNotificationsV1_DeleteEventNotificationRule#2":
        DELETE "/api/system/eventnotifications/{id}", Destroy;
    path: RecordId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
