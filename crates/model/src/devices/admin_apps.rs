//! `GET /api/mdm/devices/{id}/adminapps`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::record::record;

record! {
    /// Apps that administer the device.
    AdminAppList {
        device_admin_apps: Vec<AdminApp> = "DeviceAdminApps",
    }

    /// An app that administers the device.
    AdminApp {
        identifier: Option<String> = "Identifier",
        name: Option<String> = "Name",
        version: Option<String> = "Version",
    }
}

endpoint! {
    /// Apps that administer the device.
    AdminApps = "devices.adminapps" is "mdmv1/Apps_AdminAppDetailsAsync":
        GET "/api/mdm/devices/{id}/adminapps", Read;
    path: DeviceId; query: Nothing; body: Nothing; answer: AdminAppList;
}
