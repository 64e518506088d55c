//! `POST /api/mdm/devices/gps`.

use super::{ByQuery, Coordinate};
use crate::bulk::BulkValues;
use crate::endpoint::endpoint;
use crate::record::Rows;

endpoint! {
    /// Where many devices were last.
    GpsMany = "devices.gps.many" is "mdmv1/GPS_ExecuteBulkGpsCoordinatesByDeviceByAlternateId":
        POST "/api/mdm/devices/gps", Read;
    path: (); query: ByQuery; body: BulkValues; answer: Rows<Coordinate>, or empty;
}
