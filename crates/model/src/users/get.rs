//! `GET /api/system/users/{id}`: one user.

use super::User;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::UserId;

endpoint! {
    /// One user by id; 404 if there is none.
    Get = "users.get" is "systemv1/User_Get#2":
        GET "/api/system/users/{id}", Read;
    path: UserId; query: Nothing; body: Nothing; answer: User;
}
