//! Administrators of the console and their roles.

mod add;
mod add_role;
mod delete;
mod get;
mod get_v2;
mod remove_role;
mod reset_password;
mod search;
mod search_v2;
mod update;

pub use add::Add;
pub use add_role::AddRole;
pub use delete::Delete;
pub use get::{AdminDetail, Get};
pub use get_v2::{AdminV2, GetV2, PasswordExpiration, RoleV2};
pub use remove_role::RemoveRole;
pub use reset_password::ResetPassword;
pub use search::{AdminPage, Search, SearchQuery};
pub use search_v2::{AdminPageV2, AdminRowV2, RoleOfRow, SearchV2, SearchV2Query};
pub use update::Update;

use crate::ids::{RecordId, Wrapped};
use crate::record::{Hidden, record};
use crate::time::Stamp;
use uuid::Uuid;

record! {
    /// An administrator. Ids of groups are texts.
    Admin {
        email: Option<String> = "Email",
        external_id: Option<String> = "ExternalId",
        first_name: Option<String> = "FirstName",
        id: Option<Wrapped<RecordId>> = "Id",
        identity_source: Option<String> = "IdentitySource",
        initial_landing_page: Option<String> = "InitialLandingPage",
        is_active_directory_user: Option<bool> = "IsActiveDirectoryUser",
        last_login_time_stamp: Option<Stamp> = "LastLoginTimeStamp",
        last_name: Option<String> = "LastName",
        locale: Option<String> = "Locale",
        location_group: Option<String> = "LocationGroup",
        location_group_id: Option<String> = "LocationGroupId",
        message_template_id: Option<i64> = "MessageTemplateId",
        message_type: Option<String> = "MessageType",
        organization_group_uuid: Option<String> = "OrganizationGroupUuid",
        password: Option<Hidden> = "Password",
        requires_password_change: Option<bool> = "RequiresPasswordChange",
        roles: Option<Vec<Role>> = "Roles",
        time_zone: Option<String> = "TimeZone",
        time_zone_identifier: Option<String> = "TimeZoneIdentifier",
        user_name: Option<String> = "UserName",
        uuid: Option<Uuid> = "Uuid",
    }

    /// A role and the group for which it holds.
    Role {
        description: Option<String> = "Description",
        id: Option<i64> = "Id",
        is_active: Option<bool> = "IsActive",
        location_group: Option<String> = "LocationGroup",
        location_group_id: Option<String> = "LocationGroupId",
        name: Option<String> = "Name",
        organization_group_uuid: Option<String> = "OrganizationGroupUuid",
        user_link_id: Option<i64> = "UserLinkId",
        uuid: Option<Uuid> = "Uuid",
    }
}
