//! `POST /api/mdm/devices/gps/search`.

use super::Coordinate;
use crate::bulk::BulkValues;
use crate::endpoint::endpoint;
use crate::record::{Rows, record};
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    GpsSearchQuery {
        search_by: Option<String> = "searchBy",
        startdatetime: Option<Stamp> = "startdatetime",
        enddatetime: Option<Stamp> = "enddatetime",
        daterange: Option<i64> = "daterange",
    }
}

endpoint! {
    /// Where many devices were within a time.
    GpsSearch = "devices.gps.search" is "mdmv1/GPS_BulkGpsCoordinatesSearchByDeviceIdentifiers":
        POST "/api/mdm/devices/gps/search", Read;
    path: (); query: GpsSearchQuery; body: BulkValues; answer: Rows<Coordinate>, or empty;
}
