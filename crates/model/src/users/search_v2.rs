//! `GET /api/system/users/search`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;
use crate::time::Stamp;

record! {
    /// Criteria; an absent one matches everything.
    SearchV2Query {
        organization_group_uuid: Option<Uuid> = "organization-group-uuid",
        searchtext: Option<String> = "searchtext",
    }

    /// A user by UUID.
    UserRowV2 {
        password_expiration_date: Option<Stamp> = "PasswordExpirationDate",
        created_by: Option<String> = "createdBy",
        created_date: Option<Stamp> = "createdDate",
        data_protection_status: Option<i64> = "data_protection_status",
        email_address: Option<String> = "email_address",
        enrollment_user_uuid: Option<Uuid> = "enrollment_user_uuid",
        first_name: Option<String> = "first_name",
        last_action_source: Option<String> = "lastActionSource",
        last_action_type: Option<String> = "lastActionType",
        last_modified_by: Option<String> = "lastModifiedBy",
        last_modified_date: Option<Stamp> = "lastModifiedDate",
        last_name: Option<String> = "last_name",
        location_group_name: Option<String> = "location_group_name",
        phone_number: Option<String> = "phone_number",
        security_type: Option<String> = "security_type",
        user_name: Option<String> = "user_name",
    }
}

endpoint! {
    /// Users of an organization group, by UUID.
    SearchV2 = "users.search.v2" is "systemv2/UsersV2_SearchUsersAsync":
        GET "/api/system/users/search" v 2, Read;
    path: (); query: SearchV2Query; body: Nothing; answer: UserRowV2;
}
