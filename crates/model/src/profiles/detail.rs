//! `GET /api/mdm/profiles/{profileUuid}/detail`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// What the call needs besides its path.
    DetailQuery {
        organizationgroupuuid: Option<Uuid> = "organizationgroupuuid",
    }

    /// What a profile is.
    ProfileDetail {
        is_actionable: Option<bool> = "is_actionable",
        is_active: Option<bool> = "is_active",
        managed_by: Option<String> = "managed_by",
        name: Option<String> = "name",
        platform: Option<String> = "platform",
    }
}

endpoint! {
    /// What a profile is, without its payloads.
    Detail = "profiles.detail" is "mdmv1/ProfilesV1_GetProfileDetailsAsync":
        GET "/api/mdm/profiles/{profileUuid}/detail", Read;
    path: Uuid; query: DetailQuery; body: Nothing; answer: ProfileDetail;
}
