//! `GET /api/mdm/devices/{id}/gps`.

use super::Coordinate;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::record::{Rows, record};

record! {
    /// What the call needs besides its path.
    GpsQuery {
        day_range: Option<i64> = "dayRange",
    }
}

endpoint! {
    /// Where a device was.
    Gps = "devices.gps" is "mdmv1/GPS_GetGpsCoordinatesByDeviceAsync":
        GET "/api/mdm/devices/{id}/gps", Read;
    path: DeviceId; query: GpsQuery; body: Nothing; answer: Rows<Coordinate>, or empty;
}
