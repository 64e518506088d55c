//! `POST /api/system/users/{id}/deactivate`; 400 with code 6 when it is so already.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::UserId;

endpoint! {
    /// Makes a user inactive; can be set back.
    Deactivate = "users.deactivate" is "systemv1/User_DeactivateUserAsync":
        POST "/api/system/users/{id}/deactivate", Write;
    path: UserId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
