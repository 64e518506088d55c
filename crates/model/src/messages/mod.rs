//! Messages to devices and to their users.

mod email;
mod email_many;
mod push;
mod push_found;
mod push_many;
mod sms;
mod sms_many;

pub use email::{Email, EmailMessage};
pub use email_many::{EmailForMany, EmailMany};
pub use push::Push;
pub use push_found::PushFound;
pub use push_many::{PushForMany, PushMany};
pub use sms::{Sms, SmsMessage};
pub use sms_many::{SmsForMany, SmsMany};

use crate::record::record;

record! {
    /// A notification and the app that shows it.
    PushMessage {
        application: Option<String> = "Application",
        message_body: Option<String> = "MessageBody",
        message_type: Option<String> = "MessageType",
    }
}
