//! Tell the user of a device something. A notification is a command of the device and leaves its trace there; of a mail
//! or a text message the API shows nothing, so that its outcome stays unknown if the answer was lost.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_client::Kind;
use muster_model::Call;
use muster_model::commands::Command;
use muster_model::ids::DeviceId;
use muster_model::messages::{Email, EmailMessage, Push, PushMessage, Sms, SmsMessage};

use super::{Applied, Certainty, Evidence, Failure, Sent, Standing, Tools, Verb, records};
use crate::plan::Channel;

pub(super) struct SendMessage {
    pub device: DeviceId,
    pub by: Channel,
    pub subject: Option<String>,
    pub text: String,
}

#[async_trait]
impl Verb for SendMessage {
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure> {
        let text = Some(self.text.clone());
        let sent = match self.by {
            Channel::Push => {
                let message = PushMessage { message_body: text, ..PushMessage::default() };
                tools.writer.send(Call::<Push>::with_body(self.device, message)).await
            }
            Channel::Email => {
                let message =
                    EmailMessage { message_body: text, subject: self.subject.clone(), ..EmailMessage::default() };
                tools.writer.send(Call::<Email>::with_body(self.device, message)).await
            }
            Channel::Sms => {
                let message = SmsMessage { message_body: text, ..SmsMessage::default() };
                tools.writer.send(Call::<Sms>::with_body(self.device, message)).await
            }
        };
        sent.map(|_| Applied::sent(None)).map_err(|error| Failure::write(&error))
    }

    async fn read_back(&self, tools: &Tools<'_>, since: Timestamp) -> Result<Evidence, Failure> {
        if self.by == Channel::Push {
            return records::look(tools.client, self.device, Command::SendMessage, None, since).await;
        }
        let reason =
            "whether the message went out is not known, and the API does not show it; ask before you send again";
        Err(Failure { kind: Kind::Unsupported, reason: reason.to_owned(), certainty: Certainty::Open })
    }

    fn noted(&self) -> Standing {
        Standing::Accepted
    }

    /// Proof is the device's answer to a notification; of a mail or a text message there is none.
    async fn prove(&self, tools: &Tools<'_>, sent: Sent<'_>) -> Result<Option<Standing>, Failure> {
        match self.by {
            Channel::Push => records::prove(tools.client, self.device, Command::SendMessage, None, sent).await,
            Channel::Email | Channel::Sms => Ok(None),
        }
    }
}
