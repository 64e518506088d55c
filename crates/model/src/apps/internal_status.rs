//! `GET /api/mam/apps/internal/{applicationid}/status`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;
use crate::record::record;

record! {
    /// What the call needs besides its path.
    InternalStatusQuery {
        deviceid: Option<String> = "deviceid",
        macaddress: Option<String> = "macaddress",
        serialnumber: Option<String> = "serialnumber",
        udid: Option<String> = "udid",
    }
}

endpoint! {
    /// What became of an internal app on one device, in one word.
    InternalStatus = "apps.internal.status" is "mamv1/InternalAppsV1_GetInternalAppStatusAsync":
        GET "/api/mam/apps/internal/{applicationid}/status", Read;
    path: AppId; query: InternalStatusQuery; body: Nothing; answer: String;
}
