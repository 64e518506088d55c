//! `PATCH /api/system/user-groups/{userGroupUuid}/actions/update`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;

record! {
    /// What to change of a group.
    UserGroupEdit {
        add_group_members_automatically: Option<bool> = "AddGroupMembersAutomatically",
        assigned_location_group_uuid: Option<Uuid> = "AssignedLocationGroupUUID",
        auto_merge_enabled: Option<bool> = "AutoMergeEnabled",
        auto_sync_enabled: Option<bool> = "AutoSyncEnabled",
        description: Option<String> = "Description",
        group_name: Option<String> = "GroupName",
        max_allowable_changes: Option<i64> = "MaxAllowableChanges",
        remove_user_group_permission: Option<Vec<PermissionRemoval>> = "RemoveUserGroupPermission",
        send_mail_when_adding_missing_users: Option<bool> = "SendMailWhenAddingMissingUsers",
        set_user_group_permission: Option<Vec<Permission>> = "SetUserGroupPermission",
    }

    /// Where a permission ends.
    PermissionRemoval {
        location_group_uuid: Option<Uuid> = "LocationGroupUUID",
    }

    /// What an organization group may do with the group.
    Permission {
        allow_inheretence: Option<bool> = "AllowInheretence",
        location_group_uuid: Option<Uuid> = "LocationGroupUUID",
        manage_group: Option<bool> = "ManageGroup",
        manage_users_within_group_and_allow_enrollment: Option<bool> = "ManageUsersWithinGroupAndAllowEnrollment",
        use_group_for_assignment: Option<bool> = "UseGroupForAssignment",
    }
}

endpoint! {
    /// Changes a group, named by UUID.
    Update = "usergroups.update" is "systemv1/UserGroupsActions_UserGroupUpdateAsync":
        PATCH "/api/system/user-groups/{userGroupUuid}/actions/update" => 204, Write;
    path: Uuid; query: Nothing; body: UserGroupEdit; answer: Nothing, or empty;
}
