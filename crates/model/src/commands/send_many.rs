//! `POST /api/mdm/devices/commands/bulk`.

use crate::bulk::{BulkAnswer, BulkValues};
use crate::endpoint::endpoint;
use crate::record::record;

record! {
    /// What the call needs besides its path.
    SendManyQuery {
        command: Option<String> = "command",
        searchby: Option<String> = "searchby",
    }
}

endpoint! {
    /// Queues a command for many devices. Classed by the worst command that it accepts.
    SendMany = "devices.commands.many" is "mdmv1/CommandsV1_BulkExecuteAsync":
        POST "/api/mdm/devices/commands/bulk" => 202, Destroy;
    path: (); query: SendManyQuery; body: BulkValues; answer: BulkAnswer;
}
