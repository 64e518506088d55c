//! `POST /api/system/admins/{id}/update`.

use super::Admin;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::RecordId;

endpoint! {
    /// Changes an administrator.
    Update = "admins.update" is "systemv1/AdminsV1_UpdateAdminUser":
        POST "/api/system/admins/{id}/update", Write;
    path: RecordId; query: Nothing; body: Admin; answer: Nothing, or empty;
}
