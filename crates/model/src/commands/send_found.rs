//! `POST /api/mdm/devices/commands`.

use super::CommandBody;
use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// What the call needs besides its path.
    SendFoundQuery {
        searchby: Option<String> = "searchby",
        id: Option<String> = "id",
        command: Option<String> = "command",
        reason: Option<String> = "reason",
    }
}

endpoint! {
    /// Queues a command for a device that another identifier names. Classed by the worst command that it accepts.
    SendFound = "devices.commands.found" is "mdmv1/CommandsV1_ExecuteByAlternateIdAsync":
        POST "/api/mdm/devices/commands" => 202, Destroy;
    path: (); query: SendFoundQuery; body: CommandBody; answer: Nothing, or empty;
}
