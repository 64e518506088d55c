//! `DELETE /api/mam/apps/internal/{applicationid}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;

endpoint! {
    /// Removes an internal app and its files.
    Delete = "apps.internal.delete" is "mamv1/InternalAppsV1_DeleteInternalAppAsync":
        DELETE "/api/mam/apps/internal/{applicationid}" => 202, Destroy;
    path: AppId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
