//! `POST /api/mdm/devices/id`.

use super::DevicePage;
use crate::bulk::BulkValues;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Devices by id. Those that are not there are missing from the answer without a word.
    GetMany = "devices.getmany" is "mdmv1/Devices_GetDevicesByIdAsync":
        POST "/api/mdm/devices/id", Read;
    path: (); query: Nothing; body: BulkValues; answer: DevicePage, or empty;
}
