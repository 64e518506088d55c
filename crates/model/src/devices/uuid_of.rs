//! `GET /api/mdm/devices/udid/{udid}`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// The UUID of a device.
    DeviceUuid {
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// The UUID that goes with a UDID.
    UuidOf = "devices.uuid" is "mdmv1/Devices_GetByUdidAsync":
        GET "/api/mdm/devices/udid/{udid}", Read;
    path: String; query: Nothing; body: Nothing; answer: DeviceUuid;
}
