//! `POST /api/mdm/devices/commands/stopdevicelog`.

use crate::devices::FindQuery;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Ends the recording of a log.
    StopLog = "devices.log.stop" is "mdmv1/CommandsV1_ExecuteStopDeviceLogAsync":
        POST "/api/mdm/devices/commands/stopdevicelog" => 202, Write;
    path: (); query: FindQuery; body: Nothing; answer: Nothing, or empty;
}
