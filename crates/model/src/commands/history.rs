//! What became of the commands sent to a device.
//!
//! The guide names `/devicecommands` as the API's place for "remote device commands and actions"; its
//! reading side here is [`History`]. The published API has no command list: there the device's event
//! log ([`super::EventLog`]) is read, whose entries name the command and the administrator.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::record::record;
use crate::time::Stamp;
use crate::words::CommandStatus;

record! {
    /// One command that a device was sent.
    CommandRecord {
        command_uuid: Option<Uuid> = "CommandUuid",
        command: String = "Command",
        status: CommandStatus = "Status",
        /// Why it failed or is not done yet, in the device's words.
        reason: String = "Reason",
        requested_by: String = "RequestedBy",
        queued_at: Option<Stamp> = "QueuedAt",
        finished_at: Option<Stamp> = "FinishedAt",
        /// For `InstallApplication`: which application.
        application_id: Option<i64> = "ApplicationId",
    }

    /// Commands of one device.
    HistoryPage {
        commands: Vec<CommandRecord> = "Commands",
        total: u64 = "Total",
    }
}

endpoint! {
    /// The commands of one device, newest first.
    History = "guide.devices.commands" is "guide/devices.commands":
        GET "/API/v1/devices/{id}/commands", Read;
    path: DeviceId; query: Nothing; body: Nothing; answer: HistoryPage, or empty;
}
