//! `GET /api/mdm/devices?searchby=…&id=…`: one device by an identifier other than its id.

use serde::{Deserialize, Serialize};

use super::Device;
use crate::endpoint::{Nothing, endpoint};

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FindQuery {
    /// `Serialnumber`, `Udid`, `Macaddress`, `ImeiNumber`, `DeviceId`, `Uuid`; without regard to case.
    pub searchby: String,
    pub id: String,
}

endpoint! {
    /// One device by serial number, UDID, MAC address or IMEI; 404 if there is none.
    Find = "devices.find": GET "/api/mdm/devices", Read;
    path: (); query: FindQuery; body: Nothing; answer: Device;
}
