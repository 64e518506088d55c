//! `GET /api/system/admins/search`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::page::paged;
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    SearchV2Query {
        firstname: Option<String> = "firstname",
        lastname: Option<String> = "lastname",
        email: Option<String> = "email",
        organizationgroupid: Option<i64> = "organizationgroupid",
        role: Option<String> = "role",
        username: Option<String> = "username",
        orderby: Option<String> = "orderby",
        page: Option<u32> = "page",
        pagesize: Option<u32> = "pagesize",
        sortorder: Option<String> = "sortorder",
        status: Option<String> = "status",
        onlydirectroleassignment: Option<String> = "onlydirectroleassignment",
        fetchdirectoryadmins: Option<String> = "fetchdirectoryadmins",
    }

    /// A page of administrators.
    AdminPageV2 {
        page: Option<u32> = "Page",
        page_size: Option<u32> = "PageSize",
        total: u64 = "Total",
        admins: Vec<AdminRowV2> = "admins",
    }

    /// An administrator in the form of version 2.
    AdminRowV2 {
        external_id: Option<String> = "ExternalId",
        identity_source: Option<String> = "IdentitySource",
        last_login_time_stamp: Option<Stamp> = "LastLoginTimeStamp",
        location_group: Option<String> = "LocationGroup",
        location_group_id: Option<String> = "LocationGroupId",
        time_zone_identifier: Option<String> = "TimeZoneIdentifier",
        created_by: Option<String> = "createdBy",
        created_date: Option<Stamp> = "createdDate",
        email: Option<String> = "email",
        first_name: Option<String> = "firstName",
        initial_landing_page: Option<String> = "initialLandingPage",
        is_active_directory_user: Option<bool> = "isActiveDirectoryUser",
        last_action_source: Option<String> = "lastActionSource",
        last_action_type: Option<String> = "lastActionType",
        last_modified_by: Option<String> = "lastModifiedBy",
        last_modified_date: Option<Stamp> = "lastModifiedDate",
        last_name: Option<String> = "lastName",
        locale: Option<String> = "locale",
        message_template_id: Option<i64> = "messageTemplateId",
        message_template_uuid: Option<Uuid> = "messageTemplateUuid",
        message_type: Option<String> = "messageType",
        organization_group_uuid: Option<Uuid> = "organizationGroupUuid",
        requires_password_change: Option<bool> = "requiresPasswordChange",
        roles: Vec<RoleOfRow> = "roles",
        time_zone: Option<String> = "timeZone",
        username: Option<String> = "username",
        uuid: Option<Uuid> = "uuid",
    }

    /// A role and the group for which it holds.
    RoleOfRow {
        description: Option<String> = "Description",
        is_active: Option<bool> = "IsActive",
        location_group: Option<String> = "LocationGroup",
        location_group_id: Option<String> = "LocationGroupId",
        name: Option<String> = "Name",
        user_link_id: Option<i64> = "UserLinkId",
        organization_group_uuid: Option<Uuid> = "organizationGroupUuid",
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// Administrators in the form of version 2.
    SearchV2 = "admins.search.v2" is "systemv2/AdminsV2_SearchAsync":
        GET "/api/system/admins/search" v 2, Read;
    path: (); query: SearchV2Query; body: Nothing; answer: AdminPageV2, or empty;
}

paged! { SearchV2: AdminRowV2 in admins, counted by total, told apart by uuid }
