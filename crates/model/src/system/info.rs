//! `GET /api/system/info`: which product in which version answers. The usual connectivity test.

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// The published answer, plus the two fields that the guide reads and real tenants do not send.
    SystemInfo {
        product_name: String = "ProductName",
        /// Dotted, such as `26.2.0.14`.
        product_version: String = "ProductVersion",
        /// Guide dialect only; elsewhere the last part of the version stands for it.
        build_number: Option<String> = "BuildNumber",
        /// Guide dialect only; elsewhere the `Date` header of the answer stands for it.
        current_server_time: Option<String> = "CurrentServerTime",
        version: i64 = "Version",
        resources: Option<Workspaces> = "Resources",
    }

    /// The parts of the API.
    Workspaces {
        workspaces: Vec<Workspace> = "Workspaces",
    }

    /// A part of the API and where it is.
    Workspace {
        name: String = "Name",
        location: String = "Location",
    }
}

endpoint! {
    /// Product, version and build of the tenant.
    Info = "system.info" is "systemv1/Info_GetInfoAsync":
        GET "/api/system/info", Read;
    path: (); query: Nothing; body: Nothing; answer: SystemInfo;
}
