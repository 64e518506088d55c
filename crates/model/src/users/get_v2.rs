//! `GET /api/system/users/{uuid}`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::record;
use crate::time::Stamp;

record! {
    /// A user in the form of version 2.
    UserV2 {
        password_expiration_date: Option<Stamp> = "PasswordExpirationDate",
        aad_mapping_attribute: Option<String> = "aadMappingAttribute",
        android_shared_device_mode: Option<String> = "androidSharedDeviceMode",
        android_shared_device_system_apps_enabled: Option<bool> = "androidSharedDeviceSystemAppsEnabled",
        cost_center: Option<String> = "costCenter",
        created_by: Option<String> = "createdBy",
        created_date: Option<Stamp> = "createdDate",
        custom_attribute1: Option<String> = "customAttribute1",
        custom_attribute2: Option<String> = "customAttribute2",
        custom_attribute3: Option<String> = "customAttribute3",
        custom_attribute4: Option<String> = "customAttribute4",
        custom_attribute5: Option<String> = "customAttribute5",
        department: Option<String> = "department",
        device_staging_enabled: Option<bool> = "deviceStagingEnabled",
        device_staging_type: Option<String> = "deviceStagingType",
        display_name: Option<String> = "displayName",
        domain: Option<String> = "domain",
        email_address: Option<String> = "emailAddress",
        email_user_name: Option<String> = "emailUserName",
        employee_identifier: Option<String> = "employeeIdentifier",
        enrolled_device_count: Option<i64> = "enrolledDeviceCount",
        enrollment_organization_group_uuid: Option<Uuid> = "enrollmentOrganizationGroupUuid",
        enrollment_role_uuid: Option<Uuid> = "enrollmentRoleUuid",
        enrollment_user_category_id: Option<i64> = "enrollmentUserCategoryId",
        external_id: Option<String> = "externalId",
        first_name: Option<String> = "firstName",
        full_name: Option<String> = "fullName",
        last_action_source: Option<String> = "lastActionSource",
        last_action_type: Option<String> = "lastActionType",
        last_modified_by: Option<String> = "lastModifiedBy",
        last_modified_date: Option<Stamp> = "lastModifiedDate",
        last_name: Option<String> = "lastName",
        message_type: Option<String> = "messageType",
        middle_name: Option<String> = "middleName",
        mobile_number: Option<String> = "mobileNumber",
        organization_group_uuid: Option<Uuid> = "organizationGroupUuid",
        phone_number: Option<String> = "phoneNumber",
        removable_drive_count: Option<i64> = "removableDriveCount",
        security_type: Option<String> = "securityType",
        status: Option<bool> = "status",
        user_group_count: Option<i64> = "userGroupCount",
        user_name: Option<String> = "userName",
        user_principal_name: Option<String> = "userPrincipalName",
        uuid: Option<Uuid> = "uuid",
    }
}

endpoint! {
    /// One user by UUID.
    GetV2 = "users.get.v2" is "systemv2/UsersV2_ReadAsync":
        GET "/api/system/users/{uuid}" v 2, Read;
    path: Uuid; query: Nothing; body: Nothing; answer: UserV2;
}
