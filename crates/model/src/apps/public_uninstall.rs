//! `POST /api/mam/apps/public/{applicationid}/uninstall`.

use super::InstallTarget;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;

endpoint! {
    /// Takes a public app off one device.
    PublicUninstall = "apps.public.uninstall" is "mamv1/PublicApps_RemovePublicAppFromDeviceAsync":
        POST "/api/mam/apps/public/{applicationid}/uninstall" => 204, Destroy;
    path: AppId; query: Nothing; body: InstallTarget; answer: Nothing, or empty;
}
