//! `POST /api/mdm/devices/messages/push`.

use super::PushMessage;
use crate::devices::FindQuery;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Sends a notification to a device that another identifier names.
    PushFound = "messages.push.found" is "mdmv1/MessagesV1_SendPushByAlternateIdAsync":
        POST "/api/mdm/devices/messages/push" => 202, Write;
    path: (); query: FindQuery; body: PushMessage; answer: Nothing, or empty;
}
