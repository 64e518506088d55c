//! `POST /api/mdm/profiles/{profileid}/activate`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// Makes a profile active.
    Activate = "profiles.activate" is "mdmv1/ProfilesV1_ActivateProfileAsync#2":
        POST "/api/mdm/profiles/{profileid}/activate", Write;
    path: RecordId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
