//! `POST /api/mdm/profiles/platforms/apple/update`, version 2.

use super::Profile;
use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Changes a profile for iOS; a 200 does not prove that something changed.
    UpdateApple = "profiles.update.apple" is "mdmv2/ProfilesV2_UpdateAppleDeviceProfileAsync":
        POST "/api/mdm/profiles/platforms/apple/update" v 2, Write;
    path: (); query: Nothing; body: Profile; answer: Nothing, or empty;
}
