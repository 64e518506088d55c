//! `POST /api/mdm/devices/messages/bulksms`.

use crate::bulk::{BulkAnswer, Values};
use crate::devices::ByQuery;
use crate::endpoint::endpoint;
use crate::record::record;

record! {
    /// A text message and its receivers.
    SmsForMany {
        bulk_values: Option<Values> = "BulkValues",
        message_body: Option<String> = "MessageBody",
        phone_number: Option<String> = "PhoneNumber",
    }
}

endpoint! {
    /// Sends a text message to many devices.
    SmsMany = "messages.sms.many" is "mdmv1/MessagesV1_SendBulkMessageSmsByAlternateIdAsync":
        POST "/api/mdm/devices/messages/bulksms" => 202, Write;
    path: (); query: ByQuery; body: SmsForMany; answer: BulkAnswer;
}
