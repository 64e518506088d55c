//! `POST /api/mdm/devices/messages/bulkemail`.

use crate::bulk::{BulkAnswer, Values};
use crate::devices::ByQuery;
use crate::endpoint::endpoint;
use crate::record::record;

record! {
    /// A mail and its receivers.
    EmailForMany {
        bulk_values: Option<Values> = "BulkValues",
        is_html_body: Option<bool> = "IsHtmlBody",
        message_body: Option<String> = "MessageBody",
        subject: Option<String> = "Subject",
        to_address: Option<String> = "ToAddress",
    }
}

endpoint! {
    /// Sends a mail to the users of many devices.
    EmailMany = "messages.email.many" is "mdmv1/MessagesV1_SendBulkEmailByAlternateIdAsync":
        POST "/api/mdm/devices/messages/bulkemail" => 202, Write;
    path: (); query: ByQuery; body: EmailForMany; answer: BulkAnswer;
}
