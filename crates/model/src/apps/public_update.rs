//! `PUT /api/mam/apps/public/{applicationid}`.

use super::PublicApp;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;

endpoint! {
    /// Changes a public app.
    PublicUpdate = "apps.public.update" is "mamv1/PublicApps_UpdatePublicAppAsync":
        PUT "/api/mam/apps/public/{applicationid}" => 204, Write;
    path: AppId; query: Nothing; body: PublicApp; answer: Nothing, or empty;
}
