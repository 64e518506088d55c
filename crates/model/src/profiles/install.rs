//! `POST /api/mdm/profiles/{profileid}/install`.

use crate::apps::InstallTarget;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// Installs an assigned profile on one device.
    Install = "profiles.install" is "mdmv1/ProfilesV1_InstallProfileAsync":
        POST "/api/mdm/profiles/{profileid}/install", Write;
    path: RecordId; query: Nothing; body: InstallTarget; answer: Nothing, or empty;
}
