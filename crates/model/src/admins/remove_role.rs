//! `POST /api/system/admins/{id}/removerole`.

use super::Role;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// Takes a role from an administrator.
    RemoveRole = "admins.removerole" is "systemv1/AdminsV1_RemoveRoleFromUser":
        POST "/api/system/admins/{id}/removerole", Destroy;
    path: RecordId; query: Nothing; body: Role; answer: Nothing, or empty;
}
