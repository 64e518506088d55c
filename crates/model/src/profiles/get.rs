//! `GET /api/mdm/profiles/{profileId}`, version 2.

use super::Profile;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// One profile with its payloads; 400 if there is none.
    Get = "profiles.get" is "mdmv2/ProfilesV2_GetDeviceProfileDetailsAsync":
        GET "/api/mdm/profiles/{profileId}" v 2, Read;
    path: RecordId; query: Nothing; body: Nothing; answer: Profile;
}
