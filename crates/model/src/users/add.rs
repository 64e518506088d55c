//! `POST /api/system/users/adduser`: make a user.

use super::UserEdit;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::Created;

endpoint! {
    /// Makes a user; 400 with code 6 or 400 if the name is taken or a field is bad.
    Add = "users.add" is "systemv1/User_AddUserAsync":
        POST "/api/system/users/adduser", Write;
    path: (); query: Nothing; body: UserEdit; answer: Created;
}
