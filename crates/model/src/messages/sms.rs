//! `POST /api/mdm/devices/{id}/messages/sms`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::record::record;

record! {
    /// A text message.
    SmsMessage {
        message_body: Option<String> = "MessageBody",
        phone_number: Option<String> = "PhoneNumber",
    }
}

endpoint! {
    /// Sends a text message to a device.
    Sms = "messages.sms" is "mdmv1/MessagesV1_SendSmsAsync":
        POST "/api/mdm/devices/{id}/messages/sms" => 202, Write;
    path: DeviceId; query: Nothing; body: SmsMessage; answer: Nothing, or empty;
}
