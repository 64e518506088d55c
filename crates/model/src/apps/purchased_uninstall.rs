//! `POST /api/mam/apps/purchased/{applicationid}/uninstall`.

use super::InstallTarget;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;

endpoint! {
    /// Takes a purchased app off one device.
    PurchasedUninstall = "apps.purchased.uninstall" is "mamv1/PurchasedAppsV1_RemovePurchasedAppFromDeviceAsync":
        POST "/api/mam/apps/purchased/{applicationid}/uninstall", Destroy;
    path: AppId; query: Nothing; body: InstallTarget; answer: Nothing, or empty;
}
