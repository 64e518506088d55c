//! `POST /api/mdm/devices/{id}/messages/push`.

use super::PushMessage;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;

endpoint! {
    /// Sends a notification to a device.
    Push = "messages.push" is "mdmv1/MessagesV1_SendPushAsync":
        POST "/api/mdm/devices/{id}/messages/push" => 202, Write;
    path: DeviceId; query: Nothing; body: PushMessage; answer: Nothing, or empty;
}
