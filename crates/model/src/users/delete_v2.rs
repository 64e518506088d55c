//! `DELETE /api/system/users/{uuid}`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Removes a user, named by UUID.
    DeleteV2 = "users.delete.v2" is "systemv2/UsersV2_DeleteAsync":
        DELETE "/api/system/users/{uuid}" v 2, Destroy;
    path: Uuid; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
