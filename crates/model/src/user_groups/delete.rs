//! `DELETE /api/system/usergroups/{usergroupid}/delete`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::UserGroupId;

endpoint! {
    /// Removes a custom group.
    Delete = "usergroups.delete" is "systemv1/UserGroups_DeleteUserGroupIdUsers":
        DELETE "/api/system/usergroups/{usergroupid}/delete", Destroy;
    path: UserGroupId; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
