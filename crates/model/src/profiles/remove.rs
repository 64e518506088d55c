//! `POST /api/mdm/profiles/{profileid}/remove`.

use crate::apps::InstallTarget;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// Takes a profile off one device.
    Remove = "profiles.remove" is "mdmv1/ProfilesV1_RemoveProfileAsync":
        POST "/api/mdm/profiles/{profileid}/remove", Destroy;
    path: RecordId; query: Nothing; body: InstallTarget; answer: Nothing, or empty;
}
