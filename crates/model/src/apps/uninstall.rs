//! `POST /api/mam/apps/internal/{applicationid}/uninstall`.

use super::InstallTarget;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;

endpoint! {
    /// Takes an internal app off one device.
    Uninstall = "apps.internal.uninstall" is "mamv1/InternalAppsV1_RemoveInternalAppFromDeviceAsync":
        POST "/api/mam/apps/internal/{applicationid}/uninstall" => 204, Destroy;
    path: AppId; query: Nothing; body: InstallTarget; answer: Nothing, or empty;
}
