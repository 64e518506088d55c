//! `GET /api/mdm/devices/{id}/user`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::record::record;

record! {
    /// The user of a device.
    DeviceUser {
        device_user: Option<crate::users::User> = "DeviceUser",
    }
}

endpoint! {
    /// The enrollment user of a device.
    User = "devices.user" is "mdmv1/Users_GetDeviceUserByIdAsync":
        GET "/api/mdm/devices/{id}/user", Read;
    path: DeviceId; query: Nothing; body: Nothing; answer: DeviceUser;
}
