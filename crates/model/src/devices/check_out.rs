//! `PATCH /api/mdm/devices/{id}/enrollmentuser/{enrollmentuserid}`, version 2.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{DeviceId, UserId};

endpoint! {
    /// Hands a shared device to a user.
    CheckOut = "devices.checkout" is "mdmv2/DevicesV2_CheckOutDeviceToUserAsync":
        PATCH "/api/mdm/devices/{id}/enrollmentuser/{enrollmentuserid}" v 2, Write;
    path: (DeviceId, UserId); query: Nothing; body: Nothing; answer: Nothing, or empty;
}
