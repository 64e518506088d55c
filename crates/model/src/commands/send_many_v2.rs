//! `POST /api/mdm/devices/commands/{commandName}`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// A command's devices and settings.
    CommandForMany {
        device_uuids: Option<Vec<Uuid>> = "device_uuids",
        kext_paths: Option<Vec<String>> = "kext_paths",
        message: Option<String> = "message",
        rebuild_kernel_cache: Option<bool> = "rebuild_kernel_cache",
        sensor_name: Option<String> = "sensor_name",
        unlock_pin: Option<i64> = "unlock_pin",
    }
}

endpoint! {
    /// Queues a command for devices by UUID. Classed by the worst command that it accepts.
    SendManyV2 = "devices.commands.many.v2" is "mdmv2/CommandsV2_BulkExecuteAsync":
        POST "/api/mdm/devices/commands/{commandName}" v 2 => 202, Destroy;
    path: String; query: Nothing; body: CommandForMany; answer: Nothing, or empty;
}
