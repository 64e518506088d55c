//! `GET /api/mdm/devices/{deviceId}/loggedinusers`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::record::{Rows, record};
use crate::time::Stamp;

record! {
    /// A user who is logged in.
    LoggedInUser {
        data_quota: Option<f64> = "dataQuota",
        data_used: Option<f64> = "dataUsed",
        has_data_to_sync: Option<bool> = "hasDataToSync",
        id: Option<i64> = "id",
        is_active_user: Option<bool> = "isActiveUser",
        last_logged_in_time: Option<Stamp> = "lastLoggedInTime",
        managed_apple_id: Option<String> = "managedAppleId",
        name: Option<String> = "name",
        sample_time: Option<Stamp> = "sampleTime",
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// Who is logged in on a shared device.
    LoggedIn = "devices.loggedin" is "mdmv1/Devices_GetLoggedInUsersAsync":
        GET "/api/mdm/devices/{deviceId}/loggedinusers", Read;
    path: DeviceId; query: Nothing; body: Nothing; answer: Rows<LoggedInUser>, or empty;
}
