//! `POST /api/mdm/devices/{id}/messages/email`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::record::record;

record! {
    /// A mail.
    EmailMessage {
        is_html_body: Option<bool> = "IsHtmlBody",
        message_body: Option<String> = "MessageBody",
        subject: Option<String> = "Subject",
        to_address: Option<String> = "ToAddress",
    }
}

endpoint! {
    /// Sends a mail to the user of a device.
    Email = "messages.email" is "mdmv1/MessagesV1_SendEmailAsync":
        POST "/api/mdm/devices/{id}/messages/email" => 202, Write;
    path: DeviceId; query: Nothing; body: EmailMessage; answer: Nothing, or empty;
}
