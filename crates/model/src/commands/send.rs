//! `POST /api/mdm/devices/{id}/commands?command=X`: queue one command. Answers 202 without a body, so
//! nothing identifies the command afterwards; the device's event log is the only evidence.

use serde::{Deserialize, Serialize};

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CommandQuery {
    pub command: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// Only `CustomMdmCommand` has a body; others send an empty object or nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub struct CommandBody {
    #[serde(alias = "CommandXML", skip_serializing_if = "Option::is_none")]
    pub command_xml: Option<String>,
}

endpoint! {
    /// Queues a command for one device. Classed by the worst command that it accepts.
    Send = "devices.commands": POST "/api/mdm/devices/{id}/commands" => 202, Destroy;
    path: DeviceId; query: CommandQuery; body: CommandBody; answer: Nothing, or empty;
}
