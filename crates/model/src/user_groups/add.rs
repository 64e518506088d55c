//! `POST /api/system/user-groups/actions/add`.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::Created;
use crate::record::record;

record! {
    /// A group to make.
    NewUserGroup {
        add_group_members_automatically: Option<bool> = "AddGroupMembersAutomatically",
        assigned_location_group_uuid: Option<Uuid> = "AssignedLocationGroupUUID",
        auto_merge_enabled: Option<bool> = "AutoMergeEnabled",
        auto_sync_enabled: Option<bool> = "AutoSyncEnabled",
        base_dn: Option<String> = "BaseDN",
        custom_logic: Option<String> = "CustomLogic",
        custom_object_class: Option<String> = "CustomObjectClass",
        default_role: Option<String> = "DefaultRole",
        description: Option<String> = "Description",
        domain: Option<String> = "Domain",
        external_type: Option<String> = "ExternalType",
        group_name: Option<String> = "GroupName",
        location_group_uuid: Option<Uuid> = "LocationGroupUUID",
        max_allowable_changes: Option<i64> = "MaxAllowableChanges",
        message_template_name: Option<String> = "MessageTemplateName",
        send_mail_when_adding_missing_users: Option<bool> = "SendMailWhenAddingMissingUsers",
        user_group_setting: Option<String> = "UserGroupSetting",
        user_group_type: Option<String> = "UserGroupType",
    }
}

endpoint! {
    /// Makes a group, of a directory or custom; 400 with code 7147 if the name is taken.
    Add = "usergroups.add" is "systemv1/UserGroupsActions_AddUserGroup":
        POST "/api/system/user-groups/actions/add", Write;
    path: (); query: Nothing; body: NewUserGroup; answer: Created;
}
