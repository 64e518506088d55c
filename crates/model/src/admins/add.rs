//! `POST /api/system/admins/addadminuser`.

use super::Admin;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::Created;

endpoint! {
    /// Makes an administrator.
    Add = "admins.add" is "systemv1/AdminsV1_Put":
        POST "/api/system/admins/addadminuser", Write;
    path: (); query: Nothing; body: Admin; answer: Created;
}
