//! `DELETE /api/mdm/profiles/{profileid}`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// Removes a profile; 400 for one that is gone already.
    Delete = "profiles.delete" is "mdmv1/ProfilesV1_DeleteDeviceProfileAsync":
        DELETE "/api/mdm/profiles/{profileid}", Destroy;
    path: RecordId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
