//! `GET /api/mdm/devices/{id}/security`.

use crate::endpoint::{Nothing, endpoint};
use crate::ids::DeviceId;
use crate::record::{Hidden, record};

record! {
    /// Encryption, passcode and keys of a device.
    SecurityInfo {
        authenticated_root_volume_enabled: Option<bool> = "AuthenticatedRootVolumeEnabled",
        block_level_encryption: Option<bool> = "BlockLevelEncryption",
        bootstrap_token_allowed_for_authentication: Option<String> = "BootstrapTokenAllowedForAuthentication",
        bootstrap_token_escrow_status: Option<bool> = "BootstrapTokenEscrowStatus",
        bootstrap_token_required_for_kernel_extension_approval: Option<bool> = "BootstrapTokenRequiredForKernelExtensionApproval",
        bootstrap_token_required_for_software_update: Option<bool> = "BootstrapTokenRequiredForSoftwareUpdate",
        data_protection_enabled: Option<bool> = "DataProtectionEnabled",
        dell_ddpe_encryption_status: Option<bool> = "DellDdpeEncryptionStatus",
        drive_encryption_level: Option<String> = "DriveEncryptionLevel",
        encryption_status: Option<String> = "EncryptionStatus",
        enrolled_via_dep: Option<bool> = "EnrolledViaDEP",
        file_level_encryption: Option<bool> = "FileLevelEncryption",
        grace_period_recovery_key: Option<Hidden> = "GracePeriodRecoveryKey",
        has_institutional_recovery_key: Option<bool> = "HasInstitutionalRecoveryKey",
        has_personal_recovery_key: Option<bool> = "HasPersonalRecoveryKey",
        is_activation_lock_manageable: Option<bool> = "IsActivationLockManageable",
        is_compromised: Option<bool> = "IsCompromised",
        is_encrypted: Option<bool> = "IsEncrypted",
        is_passcode_compliant: Option<bool> = "IsPasscodeCompliant",
        is_passcode_present: Option<bool> = "IsPasscodePresent",
        is_recovery_lock_enabled: Option<bool> = "IsRecoveryLockEnabled",
        old_personal_recovery_key_value: Option<Hidden> = "OldPersonalRecoveryKeyValue",
        passcode_lock_grace_period: Option<i64> = "PasscodeLockGracePeriod",
        passcode_lock_grace_period_enforced: Option<i64> = "PasscodeLockGracePeriodEnforced",
        percent_complete: Option<i64> = "PercentComplete",
        personal_recovery_key: Option<Hidden> = "PersonalRecoveryKey",
        personal_recovery_key_device_key: Option<Hidden> = "PersonalRecoveryKeyDeviceKey",
        secure_boot: Option<SecureBoot> = "SecureBoot",
        static_recovery_key: Option<Hidden> = "StaticRecoveryKey",
        system_integrity_protection_enabled: Option<bool> = "SystemIntegrityProtectionEnabled",
        unlock_pin: Option<Hidden> = "UnlockPin",
        user_approved_enrollment: Option<bool> = "UserApprovedEnrollment",
    }

    /// How it starts.
    SecureBoot {
        external_boot_status: Option<String> = "ExternalBootStatus",
        secure_boot_status: Option<String> = "SecureBootStatus",
    }
}

endpoint! {
    /// Encryption, passcode and keys of a device; 404 with code 8 as long as it has not told.
    Security = "devices.security" is "mdmv1/SecurityV1_GetDeviceSecurityInfoAsync":
        GET "/api/mdm/devices/{id}/security", Read;
    path: DeviceId; query: Nothing; body: Nothing; answer: SecurityInfo;
}
