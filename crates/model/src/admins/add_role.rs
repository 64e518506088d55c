//! `POST /api/system/admins/{id}/addrole`.

use super::Role;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// Gives a role to an administrator.
    AddRole = "admins.addrole" is "systemv1/AdminsV1_AddRoleToUser":
        POST "/api/system/admins/{id}/addrole", Write;
    path: RecordId; query: Nothing; body: Role; answer: Nothing, or empty;
}
