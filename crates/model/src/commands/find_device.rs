//! `POST /api/mdm/devices/{deviceId}/commands/finddevice`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::record::record;

record! {
    /// What to show and how often to ring.
    Ring {
        application: Option<String> = "Application",
        gap_between_repetitions: Option<String> = "GapBetweenRepetitions",
        message: Option<String> = "Message",
        number_of_repetitions: Option<String> = "NumberOfRepetitions",
        platform: Option<String> = "Platform",
    }
}

endpoint! {
    /// Lets a device ring.
    FindDevice = "devices.finddevice" is "mdmv1/CommandsV1_ExecuteFindDeviceAsync":
        POST "/api/mdm/devices/{deviceId}/commands/finddevice" => 202, Write;
    path: DeviceId; query: Nothing; body: Ring; answer: Nothing, or empty;
}
