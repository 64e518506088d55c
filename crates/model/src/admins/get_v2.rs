//! `GET /api/system/admins/{uuid}`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::OrganizationGroupId;
use crate::record::{Hidden, record};
use crate::time::Stamp;

record! {
    /// An administrator by UUID.
    AdminV2 {
        created_by: Option<String> = "createdBy",
        created_date: Option<Stamp> = "createdDate",
        email: Option<String> = "email",
        external_id: Option<String> = "externalId",
        first_name: Option<String> = "firstName",
        id: Option<i64> = "id",
        initial_landing_page: Option<String> = "initialLandingPage",
        is_active_directory_user: Option<bool> = "isActiveDirectoryUser",
        last_action_source: Option<String> = "lastActionSource",
        last_action_type: Option<String> = "lastActionType",
        last_login_time_stamp: Option<Stamp> = "lastLoginTimeStamp",
        last_modified_by: Option<String> = "lastModifiedBy",
        last_modified_date: Option<Stamp> = "lastModifiedDate",
        last_name: Option<String> = "lastName",
        locale: Option<String> = "locale",
        message_template_id: Option<i64> = "messageTemplateId",
        message_template_uuid: Option<Uuid> = "messageTemplateUuid",
        message_type: Option<String> = "messageType",
        organization_group_id: Option<OrganizationGroupId> = "organizationGroupId",
        organization_group_name: Option<String> = "organizationGroupName",
        organization_group_uuid: Option<Uuid> = "organizationGroupUuid",
        password: Option<Hidden> = "password",
        password_expiration: Option<PasswordExpiration> = "password_expiration",
        requires_password_change: Option<bool> = "requiresPasswordChange",
        roles: Vec<RoleV2> = "roles",
        time_zone: Option<String> = "timeZone",
        time_zone_identifier: Option<String> = "timeZoneIdentifier",
        username: Option<String> = "username",
        uuid: Option<Uuid> = "uuid",
        v_idm_elevation_status: Option<String> = "vIDMElevationStatus",
    }

    /// When the password expires.
    PasswordExpiration {
        days_remaining: Option<i64> = "days_remaining",
        expires_on: Option<Stamp> = "expires_on",
    }

    /// A role and the group for which it holds.
    RoleV2 {
        id: Option<i64> = "id",
        name: Option<String> = "name",
        organization_group_id: Option<OrganizationGroupId> = "organizationGroupId",
        organization_group_uuid: Option<Uuid> = "organizationGroupUuid",
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// One administrator by UUID.
    GetV2 = "admins.get.v2" is "systemv2/AdminsV2_Get":
        GET "/api/system/admins/{uuid}" v 2, Read;
    path: Uuid; query: Nothing; body: Nothing; answer: AdminV2;
}
