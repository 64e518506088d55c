//! `GET /api/system/admins/{id}`.

use uuid::Uuid;

use super::Role;
use crate::endpoint::{Nothing, endpoint};
use crate::ids::{RecordId, Wrapped};
use crate::record::record;
use crate::time::Stamp;

record! {
    /// An administrator in full.
    AdminDetail {
        email: Option<String> = "Email",
        external_id: Option<String> = "ExternalId",
        first_name: Option<String> = "FirstName",
        id: Option<Wrapped<RecordId>> = "Id",
        initial_landing_page: Option<String> = "InitialLandingPage",
        is_active_directory_user: Option<bool> = "IsActiveDirectoryUser",
        last_login_time_stamp: Option<Stamp> = "LastLoginTimeStamp",
        last_name: Option<String> = "LastName",
        locale: Option<String> = "Locale",
        location_group: Option<String> = "LocationGroup",
        location_group_id: Option<String> = "LocationGroupId",
        organization_group_uuid: Option<String> = "OrganizationGroupUuid",
        requires_password_change: Option<bool> = "RequiresPasswordChange",
        roles: Vec<Role> = "Roles",
        time_zone: Option<String> = "TimeZone",
        time_zone_identifier: Option<String> = "TimeZoneIdentifier",
        user_name: Option<String> = "UserName",
        uuid: Option<Uuid> = "Uuid",
    }
}

endpoint! {
    /// One administrator; 400 if there is none.
    Get = "admins.get" is "systemv1/AdminsV1_Get":
        GET "/api/system/admins/{id}", Read;
    path: RecordId; query: Nothing; body: Nothing; answer: AdminDetail;
}
