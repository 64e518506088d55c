//! `POST /api/system/usergroups/{usergroupid}/user/{enrollmentuserid}/removeuserfromgroup`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::{UserGroupId, UserId};

endpoint! {
    /// Takes a user out of a custom group.
    RemoveUser = "usergroups.removeuser" is "systemv1/UserGroups_RemoveUserFromUserGroupAsync":
        POST "/api/system/usergroups/{usergroupid}/user/{enrollmentuserid}/removeuserfromgroup", Destroy;
    path: (UserGroupId, UserId); query: Nothing; body: Nothing; answer: Nothing, or empty;
}
