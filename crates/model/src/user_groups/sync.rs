//! `POST /api/system/user-groups/{userGroupUuid}/actions/sync`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};

endpoint! {
    /// Has a group read again from its directory.
    Sync = "usergroups.sync" is "systemv1/UserGroupsActions_SyncAsync":
        POST "/api/system/user-groups/{userGroupUuid}/actions/sync" => 202, Write;
    path: Uuid; query: Nothing; body: Nothing; answer: Nothing, or empty;
}
