//! `POST /api/mam/apps/purchased/{applicationid}/install`.

use super::InstallTarget;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Installs a purchased app on one device, which uses up a licence.
    PurchasedInstall = "apps.purchased.install" is "mamv1/PurchasedAppsV1_InstallVppAppForDeviceAsync":
        POST "/api/mam/apps/purchased/{applicationid}/install", Write;
    path: String; query: Nothing; body: InstallTarget; answer: Nothing, or empty;
}
