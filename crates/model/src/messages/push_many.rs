//! `POST /api/mdm/devices/messages/bulkpush`.

use crate::bulk::{BulkAnswer, Values};
use crate::devices::ByQuery;
use crate::endpoint::endpoint;
use crate::record::record;

record! {
    /// A notification and its receivers.
    PushForMany {
        application: Option<String> = "Application",
        bulk_values: Option<Values> = "BulkValues",
        message_body: Option<String> = "MessageBody",
        message_type: Option<String> = "MessageType",
    }
}

endpoint! {
    /// Sends a notification to many devices.
    PushMany = "messages.push.many" is "mdmv1/MessagesV1_SendBulkPushByAlternateIdAsync":
        POST "/api/mdm/devices/messages/bulkpush" => 202, Write;
    path: (); query: ByQuery; body: PushForMany; answer: BulkAnswer;
}
