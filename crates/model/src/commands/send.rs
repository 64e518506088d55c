//! `POST /api/mdm/devices/{id}/commands?command=X`: queue one command. Answers 202 without a body, so
//! nothing identifies the command afterwards; the device's event log is the only evidence.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::record::record;

record! {
    /// Which command.
    CommandQuery {
        command: String = "command",
        reason: Option<String> = "reason",
    }

    /// Only `CustomMdmCommand` has a body; others send an empty object or nothing.
    CommandBody {
        command_xml: Option<String> = "CommandXml",
    }
}

endpoint! {
    /// Queues a command for one device. Classed by the worst command that it accepts.
    Send = "devices.commands" is "mdmv1/CommandsV1_ExecuteAsync":
        POST "/api/mdm/devices/{id}/commands" => 202, Destroy;
    path: DeviceId; query: CommandQuery; body: CommandBody; answer: Nothing, or empty;
}
