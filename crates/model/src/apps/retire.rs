//! `POST /api/mam/apps/internal/{applicationid}/retire`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;

endpoint! {
    /// Retires a version of an internal app; 403 if it is so already.
    Retire = "apps.internal.retire" is "mamv1/InternalAppsV1_RetireAppAsync":
        POST "/api/mam/apps/internal/{applicationid}/retire" => 202, Destroy;
    path: AppId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
