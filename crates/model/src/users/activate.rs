//! `POST /api/system/users/{id}/activate`; 400 with code 6 when it is so already.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::UserId;

endpoint! {
    /// Makes a user active.
    Activate = "users.activate" is "systemv1/User_ActivateUser":
        POST "/api/system/users/{id}/activate", Write;
    path: UserId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
