//! `DELETE /api/system/users/{id}/delete`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::UserId;

endpoint! {
    /// Removes a user; 400 with code 9 while the user has devices.
    Delete = "users.delete" is "systemv1/User_DeleteAsync":
        DELETE "/api/system/users/{id}/delete", Destroy;
    path: UserId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
