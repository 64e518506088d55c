//! `POST /api/mdm/profiles/{profileid}/deactivate`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// Makes a profile inactive, which takes it off all devices.
    Deactivate = "profiles.deactivate" is "mdmv1/ProfilesV1_DeactivateProfileAsync#2":
        POST "/api/mdm/profiles/{profileid}/deactivate", Destroy;
    path: RecordId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
