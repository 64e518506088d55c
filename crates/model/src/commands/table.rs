//! What is known about each command: one row of the table.

use super::Command;
use crate::endpoint::Effect;
use crate::words::Platform;

/// A row of the table.
pub(super) struct Facts {
    pub(super) command: Command,
    /// Our word, which is also the guide's.
    pub(super) word: &'static str,
    /// The published API's word for `?command=`; `None` if that call does not offer it.
    pub(super) published: Option<&'static str>,
    pub(super) effect: Effect,
    /// Other spellings that clients send.
    pub(super) aliases: &'static [&'static str],
    /// Platforms that have it; none named means all of them.
    pub(super) platforms: &'static [Platform],
}

const fn facts(
    command: Command,
    word: &'static str,
    published: Option<&'static str>,
    effect: Effect,
    aliases: &'static [&'static str],
    platforms: &'static [Platform],
) -> Facts {
    Facts { command, word, published, effect, aliases, platforms }
}

const EVERYWHERE: &[Platform] = &[];
const APPLE: &[Platform] = &[Platform::Apple, Platform::AppleOsX, Platform::AppleTv];
const IOS: &[Platform] = &[Platform::Apple];
const MACOS: &[Platform] = &[Platform::AppleOsX];
const WINDOWS: &[Platform] = &[Platform::WinRt];
const ANDROID: &[Platform] = &[Platform::Android];
const MOBILE: &[Platform] = &[Platform::Apple, Platform::Android];
const TOUCHED: &[Platform] = &[Platform::Apple, Platform::Android, Platform::WinRt];
const PERSONAL: &[Platform] = &[Platform::Apple, Platform::AppleOsX, Platform::Android, Platform::WinRt];
const RESTARTED: &[Platform] =
    &[Platform::Apple, Platform::AppleOsX, Platform::Android, Platform::WinRt, Platform::Linux];
const DESKTOPS: &[Platform] = &[Platform::AppleOsX, Platform::WinRt];
const SHUT_DOWN: &[Platform] = &[Platform::Apple, Platform::AppleOsX, Platform::WinRt, Platform::Linux];
const SENSED: &[Platform] = &[Platform::AppleOsX, Platform::WinRt, Platform::Linux];
const UPDATED: &[Platform] = &[Platform::Apple, Platform::AppleOsX, Platform::WinRt];

use Command as C;
use Effect::{Destroy, Write};

/// Mildest first.
pub(super) const TABLE: &[Facts] = &[
    facts(C::SyncDevice, "SyncDevice", Some("SyncDevice"), Write, &["Sync", "SYNC_DEVICE"], EVERYWHERE),
    facts(
        C::DeviceQuery,
        "DeviceQuery",
        Some("DeviceQuery"),
        Write,
        &["Query", "DeviceInformation", "DEVICE_INFORMATION"],
        EVERYWHERE,
    ),
    facts(C::Lock, "DeviceLock", Some("Lock"), Write, &["Lock", "LockDevice"], PERSONAL),
    facts(C::ClearPasscode, "ClearPasscode", Some("ClearPasscode"), Write, &[], TOUCHED),
    // The published API has no command for this: on such a tenant an encryption profile does it.
    facts(C::EnableDeviceEncryption, "EnableDeviceEncryption", None, Write, &[], PERSONAL),
    facts(C::InstallOsUpdate, "InstallOSUpdate", Some("ScheduleOsUpdate"), Write, &["ScheduleOsUpdate"], PERSONAL),
    // Has a route of its own in the published API: `/mam/apps/internal/{id}/install`.
    facts(C::InstallApplication, "InstallApplication", None, Write, &[], EVERYWHERE),
    facts(C::SoftReset, "SoftReset", Some("SoftReset"), Write, &["Restart", "Reboot"], RESTARTED),
    facts(C::Shutdown, "Shutdown", Some("Shutdown"), Write, &[], SHUT_DOWN),
    facts(C::FindDevice, "FindDevice", None, Write, &[], TOUCHED),
    facts(C::SyncSensors, "SyncSensors", Some("SyncSensors"), Write, &[], SENSED),
    facts(C::OsUpdateStatus, "OsUpdateStatus", Some("OsUpdateStatus"), Write, &[], UPDATED),
    facts(C::RotateFileVaultKey, "RotateFileVaultKey", Some("RotateFileVaultKey"), Write, &[], MACOS),
    facts(C::StartAirPlay, "StartAirPlay", None, Write, &[], APPLE),
    facts(C::StopAirPlay, "StopAirPlay", Some("StopAirPlay"), Write, &[], APPLE),
    facts(C::CustomMdmCommand, "CustomMdmCommand", Some("CustomMdmCommand"), Write, &[], APPLE),
    facts(
        C::InstallPackagedMacOsXAgent,
        "InstallPackagedMacOSXAgent",
        Some("InstallPackagedMacOSXAgent"),
        Write,
        &[],
        MACOS,
    ),
    facts(C::RotateDepAdminPassword, "RotateDEPAdminPassword", Some("RotateDEPAdminPassword"), Write, &[], MACOS),
    facts(C::ResetBiosPassword, "ResetBiosPassword", Some("ResetBiosPassword"), Write, &[], WINDOWS),
    facts(C::UserList, "UserList", Some("UserList"), Write, &["user-list"], IOS),
    facts(C::LogoutUser, "LogoutUser", None, Write, &["logout-user"], IOS),
    facts(C::SyncWorkflows, "SyncWorkflows", Some("SyncWorkflows"), Write, &[], DESKTOPS),
    facts(
        C::InstallSeededScepProfile,
        "InstallSeededScepProfile",
        Some("InstallSeededScepProfile"),
        Write,
        &[],
        WINDOWS,
    ),
    facts(C::PauseWindowsUpdates, "PauseWindowsUpdates", Some("PauseWindowsUpdates"), Write, &[], WINDOWS),
    facts(C::PauseQualityUpdates, "PauseQualityUpdates", Some("PauseQualityUpdates"), Write, &[], WINDOWS),
    facts(C::PauseRollbackUpdates, "PauseRollbackUpdates", Some("PauseRollbackUpdates"), Write, &[], WINDOWS),
    facts(C::SuspendBitlocker, "SuspendBitlocker", None, Write, &["suspend-bitlocker"], WINDOWS),
    facts(C::ResumeBitlocker, "ResumeBitlocker", None, Write, &["resume-bitlocker"], WINDOWS),
    facts(C::SetRecoveryLock, "SetRecoveryLock", None, Write, &[], MACOS),
    facts(C::ChangePasscode, "ChangePasscode", None, Write, &[], TOUCHED),
    facts(C::ChangeContainerPasscode, "ChangeContainerPasscode", None, Write, &[], MOBILE),
    facts(C::RemoteView, "RemoteView", None, Write, &[], PERSONAL),
    facts(C::RequestDeviceLog, "RequestDeviceLog", None, Write, &["REQUEST_DEVICE_LOG"], EVERYWHERE),
    facts(C::StopDeviceLog, "StopDeviceLog", None, Write, &[], EVERYWHERE),
    facts(C::RefreshAppDeploymentLog, "RefreshAppDeploymentLog", None, Write, &[], WINDOWS),
    facts(C::EnableLostMode, "EnableLostMode", None, Write, &[], IOS),
    facts(C::DisableLostMode, "DisableLostMode", None, Write, &[], IOS),
    facts(C::Suspend, "Suspend", None, Write, &[], WINDOWS),
    facts(C::WakeUp, "WakeUp", None, Write, &[], WINDOWS),
    facts(C::SendMessage, "SendMessage", None, Write, &["SEND_MESSAGE"], EVERYWHERE),
    facts(C::MigrateToMultiUser, "MigrateToMultiUser", None, Write, &["MIGRATE_TO_MULTIUSER"], WINDOWS),
    facts(C::ChangeToSingleUser, "ChangeToSingleUser", None, Write, &["CHANGE_TO_SINGLEUSER"], WINDOWS),
    facts(C::ChangeToMultiUser, "ChangeToMultiUser", None, Write, &["CHANGE_TO_MULTIUSER"], WINDOWS),
    // Takes a person and all their data off a shared device.
    facts(C::DeleteUser, "DeleteUser", None, Destroy, &["delete-user"], IOS),
    // Returns a rugged device to its enterprise state: user data is gone.
    facts(C::EnterpriseReset, "EnterpriseReset", Some("EnterpriseReset"), Destroy, &["EnterproseReset"], ANDROID),
    facts(C::EnterpriseWipe, "EnterpriseWipe", Some("EnterpriseWipe"), Destroy, &["ENTERPRISE_WIPE"], EVERYWHERE),
    facts(
        C::DeviceWipe,
        "DeviceWipe",
        Some("DeviceWipe"),
        Destroy,
        &["Wipe", "EraseDevice", "DEVICE_WIPE"],
        EVERYWHERE,
    ),
];
