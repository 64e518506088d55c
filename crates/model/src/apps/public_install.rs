//! `POST /api/mam/apps/public/{applicationid}/install`.

use super::InstallTarget;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Installs a public app on one device.
    PublicInstall = "apps.public.install" is "mamv1/PublicApps_InstallPublicAppOnDeviceAsync":
        POST "/api/mam/apps/public/{applicationid}/install" => 202, Write;
    path: String; query: Nothing; body: InstallTarget; answer: Nothing, or empty;
}
