//! `POST /api/system/users`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::ids::Created;
use crate::record::{Hidden, record};

record! {
    /// A user to make.
    NewUserV2 {
        aad_mapping_attribute: Option<String> = "aadMappingAttribute",
        android_shared_device_admin_mode_passcode: Option<Hidden> = "androidSharedDeviceAdminModePasscode",
        android_shared_device_mode: Option<String> = "androidSharedDeviceMode",
        android_shared_device_system_apps_enabled: Option<bool> = "androidSharedDeviceSystemAppsEnabled",
        cost_center: Option<String> = "costCenter",
        custom_attribute1: Option<String> = "customAttribute1",
        custom_attribute2: Option<String> = "customAttribute2",
        custom_attribute3: Option<String> = "customAttribute3",
        custom_attribute4: Option<String> = "customAttribute4",
        custom_attribute5: Option<String> = "customAttribute5",
        department: Option<String> = "department",
        device_staging_enabled: Option<bool> = "deviceStagingEnabled",
        device_staging_type: Option<String> = "deviceStagingType",
        display_name: Option<String> = "displayName",
        email_address: Option<String> = "emailAddress",
        email_username: Option<String> = "emailUsername",
        employee_identifier: Option<String> = "employeeIdentifier",
        enrollment_organization_group_uuid: Option<Uuid> = "enrollmentOrganizationGroupUuid",
        enrollment_role_uuid: Option<Uuid> = "enrollmentRoleUuid",
        enrollment_user_category_id: Option<i64> = "enrollmentUserCategoryId",
        external_id: Option<String> = "externalId",
        first_name: Option<String> = "firstName",
        full_name: Option<String> = "fullName",
        last_name: Option<String> = "lastName",
        message_template_uuid: Option<Uuid> = "messageTemplateUuid",
        message_type: Option<String> = "messageType",
        middle_name: Option<String> = "middleName",
        mobile_number: Option<String> = "mobileNumber",
        organization_group_uuid: Option<Uuid> = "organizationGroupUuid",
        password: Option<Hidden> = "password",
        phone_number: Option<String> = "phoneNumber",
        security_type: Option<String> = "securityType",
        status: Option<bool> = "status",
        user_name: Option<String> = "userName",
        user_principal_name: Option<String> = "userPrincipalName",
    }
}

endpoint! {
    /// Makes a user; where it is stands in `Location`.
    CreateV2 = "users.create.v2" is "systemv2/UsersV2_CreateAsync":
        POST "/api/system/users" v 2 => 201, Write;
    path: (); query: Nothing; body: NewUserV2; answer: Created;
}
