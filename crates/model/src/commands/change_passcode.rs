//! `POST /api/mdm/devices/{id}/commands/changepasscode`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::record::{Hidden, record};

record! {
    /// The passcode to set.
    NewPasscode {
        passcode: Option<Hidden> = "Passcode",
        work_passcode: Option<bool> = "WorkPasscode",
    }
}

endpoint! {
    /// Sets another passcode.
    ChangePasscode = "devices.passcode" is "mdmv1/CommandsV1_ExecuteChangeDevicePasscodeAsync":
        POST "/api/mdm/devices/{id}/commands/changepasscode" => 202, Write;
    path: DeviceId; query: Nothing; body: NewPasscode; answer: Nothing, or empty;
}
