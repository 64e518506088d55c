//! `POST /api/mam/apps/internal/{id}/install`: push an assigned app to one device again.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{AppId, DeviceId};
use crate::record::record;

record! {
    /// The device to install on, by one of its identifiers.
    InstallTarget {
        device_id: Option<DeviceId> = "DeviceId",
        serial_number: Option<String> = "SerialNumber",
        udid: Option<String> = "Udid",
        mac_address: Option<String> = "MacAddress",
    }
}

endpoint! {
    /// Queues an install on one device; 400 if the app is not assigned to it.
    Install = "apps.internal.install" is "mamv1/InternalAppsV1_InstallInternalAppOnDeviceAsync":
        POST "/api/mam/apps/internal/{id}/install" => 202, Write;
    path: AppId; query: Nothing; body: InstallTarget; answer: Nothing, or empty;
}
