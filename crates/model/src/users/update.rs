//! `POST /api/system/users/{id}/update`: change a user. The published API wants the whole object.

use super::UserEdit;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::UserId;

endpoint! {
    /// Changes a user. Whether the user is active is changed by [`super::Activate`] and its opposite.
    Update = "users.update" is "systemv1/User_UpdateUserAsync":
        POST "/api/system/users/{id}/update", Write;
    path: UserId; query: Nothing; body: UserEdit; answer: Nothing, or empty;
}
