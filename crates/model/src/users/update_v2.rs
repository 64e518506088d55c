//! `PUT /api/system/users/{uuid}`, version 2.

use uuid::Uuid;

use crate::endpoint::{Nothing, endpoint};
use crate::record::{Hidden, record};

record! {
    /// What to change of a user.
    UserEditV2 {
        custom_attribute1: Option<String> = "CustomAttribute1",
        custom_attribute2: Option<String> = "CustomAttribute2",
        custom_attribute3: Option<String> = "CustomAttribute3",
        custom_attribute4: Option<String> = "CustomAttribute4",
        custom_attribute5: Option<String> = "CustomAttribute5",
        aad_mapping_attribute: Option<String> = "aadMappingAttribute",
        android_shared_device_admin_mode_passcode: Option<Hidden> = "androidSharedDeviceAdminModePasscode",
        android_shared_device_mode: Option<String> = "androidSharedDeviceMode",
        android_shared_device_system_apps_enabled: Option<bool> = "androidSharedDeviceSystemAppsEnabled",
        cost_center: Option<String> = "costCenter",
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
        user_principal_name: Option<String> = "userPrincipalName",
    }
}

endpoint! {
    /// Changes what is given of a user, named by UUID.
    UpdateV2 = "users.update.v2" is "systemv2/UsersV2_UpdateAsync":
        PUT "/api/system/users/{uuid}" v 2, Write;
    path: Uuid; query: Nothing; body: UserEditV2; answer: Nothing, or empty;
}
