//! `GET /api/mam/apps/internal/{uuid}`, version 2.

use uuid::Uuid;

use super::AppDetail;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// One internal app by UUID.
    GetV2 = "apps.internal.get.v2" is "mamv2/InternalAppsV2_GetInternalAppByUuid":
        GET "/api/mam/apps/internal/{uuid}" v 2, Read;
    path: Uuid; query: Nothing; body: Nothing; answer: AppDetail;
}
