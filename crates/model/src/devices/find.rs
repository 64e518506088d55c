//! `GET /api/mdm/devices?searchby=…&id=…`: one device by an identifier other than its id.

use super::Device;
use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// By which identifier, and which.
    FindQuery {
        /// `Serialnumber`, `Udid`, `Macaddress`, `ImeiNumber`, `DeviceId`, `Uuid`; without regard to case.
        searchby: String = "searchby",
        id: String = "id",
    }

    /// By which identifier devices are named in the body: `Serialnumber`, `Udid`, `Macaddress`, `ImeiNumber`, `DeviceId`.
    ByQuery {
        searchby: String = "searchby",
    }
}

endpoint! {
    /// One device by serial number, UDID, MAC address or IMEI; 404 if there is none.
    Find = "devices.find" is "mdmv1/Devices_GetByAlternateIdAsync":
        GET "/api/mdm/devices", Read;
    path: (); query: FindQuery; body: Nothing; answer: Device;
}
