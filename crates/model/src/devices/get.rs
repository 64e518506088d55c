//! `GET /api/mdm/devices/{id}`: one device; 404 with code 5002 if there is none.

use super::Device;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;

endpoint! {
    /// One device by id. Its tags have an endpoint of their own.
    Get = "devices.get" is "mdmv1/Devices_GetByIdAsync":
        GET "/api/mdm/devices/{id}", Read;
    path: DeviceId; query: Nothing; body: Nothing; answer: Device;
}
