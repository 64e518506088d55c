//! `POST /api/mam/apps/internal/{applicationid}/activate`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;

endpoint! {
    /// Makes an internal app active.
    Activate = "apps.internal.activate" is "mamv1/InternalAppsV1_ActivateInternalAppAsync":
        POST "/api/mam/apps/internal/{applicationid}/activate" => 202, Write;
    path: AppId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
