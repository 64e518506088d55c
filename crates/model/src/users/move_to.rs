//! `POST /api/system/users/{id}/changelocationgroup`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::UserId;
use crate::record::record;

record! {
    /// What the call needs besides its path.
    MoveToQuery {
        target_lg: Option<i64> = "targetLG",
    }
}

endpoint! {
    /// Moves a user to another organization group.
    MoveTo = "users.move" is "systemv1/User_ChangeLocationGroupAsync":
        POST "/api/system/users/{id}/changelocationgroup", Write;
    path: UserId; query: MoveToQuery; body: Nothing; answer: Nothing, or empty;
}
