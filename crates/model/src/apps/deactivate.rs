//! `POST /api/mam/apps/internal/{applicationid}/deactivate`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;

endpoint! {
    /// Makes an internal app inactive, which takes it off all devices.
    Deactivate = "apps.internal.deactivate" is "mamv1/InternalAppsV1_DeactivateInternalAppAsync":
        POST "/api/mam/apps/internal/{applicationid}/deactivate" => 202, Destroy;
    path: AppId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
