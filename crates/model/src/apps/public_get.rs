//! `GET /api/mam/apps/public/{id}`.

use super::App;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::AppId;

endpoint! {
    /// One public app; 401 with code 7000 if there is none.
    PublicGet = "apps.public.get" is "mamv1/PublicApps_GetPublicAppByIdAsync":
        GET "/api/mam/apps/public/{id}", Read;
    path: AppId; query: Nothing; body: Nothing; answer: App;
}
