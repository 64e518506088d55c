//! `DELETE /api/system/admins/{id}/delete`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// Removes an administrator.
    Delete = "admins.delete" is "systemv1/AdminsV1_Delete":
        DELETE "/api/system/admins/{id}/delete", Destroy;
    path: RecordId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
