//! `POST /api/mdm/devices/commands/requestdevicelog`.

use crate::devices::FindQuery;
use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// What to log, and for how long.
    LogRequest {
        device_log_duration: Option<i64> = "DeviceLogDuration",
        device_log_level: Option<String> = "DeviceLogLevel",
        device_log_source: Option<String> = "DeviceLogSource",
        log_file_path: Option<String> = "LogFilePath",
    }
}

endpoint! {
    /// Asks a device for its log; 412 while another request runs.
    RequestLog = "devices.log.request" is "mdmv1/CommandsV1_ExecuteRequestDeviceLogAsync":
        POST "/api/mdm/devices/commands/requestdevicelog" => 202, Write;
    path: (); query: FindQuery; body: LogRequest; answer: Nothing, or empty;
}
