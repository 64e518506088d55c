//! `POST /api/mdm/profiles/platforms/apple/create`, version 2.

use super::Profile;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::Created;

endpoint! {
    /// Makes a profile for iOS.
    CreateApple = "profiles.create.apple" is "mdmv2/ProfilesV2_CreateAppleDeviceProfileAsync":
        POST "/api/mdm/profiles/platforms/apple/create" v 2, Write;
    path: (); query: Nothing; body: Profile; answer: Created;
}
