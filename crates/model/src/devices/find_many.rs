//! `POST /api/mdm/devices`.

use super::{ByQuery, DevicePage};
use crate::bulk::BulkValues;
use crate::endpoint::endpoint;

endpoint! {
    /// Devices by an identifier other than their ids. Those that are not there are missing from the answer without a word.
    FindMany = "devices.findmany" is "mdmv1/Devices_BulkGetDevicesByAlternateIdAsync":
        POST "/api/mdm/devices", Read;
    path: (); query: ByQuery; body: BulkValues; answer: DevicePage, or empty;
}
