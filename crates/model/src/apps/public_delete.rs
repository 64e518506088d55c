//! `DELETE /api/mam/apps/public/{applicationid}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;

endpoint! {
    /// Removes a public app.
    PublicDelete = "apps.public.delete" is "mamv1/PublicApps_DeletePublicAppAsync":
        DELETE "/api/mam/apps/public/{applicationid}" => 202, Destroy;
    path: AppId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
