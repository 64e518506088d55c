//! `POST /api/system/usergroups/{group}/user/{user}/addusertogroup`: one user a call.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{UserGroupId, UserId};

endpoint! {
    /// Puts a user into a custom group; 400 with code 17 if there is no such group.
    AddUser = "usergroups.adduser" is "systemv1/UserGroups_AddUserToUserGroupAsync":
        POST "/api/system/usergroups/{group}/user/{user}/addusertogroup", Write;
    path: (UserGroupId, UserId); query: Nothing; body: Nothing; answer: Nothing, or empty;
}
