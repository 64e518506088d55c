//! Device commands: what they are called in each dialect and what they do to a device.

mod act;
mod change_passcode;
mod custom;
mod event_log;
mod find_device;
mod history;
mod request_log;
mod routes;
mod schedule_os_update;
mod schedule_os_update_of_many;
mod send;
mod send_found;
mod send_many;
mod send_many_v2;
mod send_v2;
mod send_v3;
mod stop_log;
mod table;

pub use act::{Act, ActionAnswer, ActionFault, ActionItem, ActionTarget, ActionTargets};
pub use change_passcode::{ChangePasscode, NewPasscode};
pub use custom::Asked;
pub use event_log::{EventData, EventLog, EventLogEntry, EventLogPage, EventLogQuery};
pub use find_device::{FindDevice, Ring};
pub use history::{CommandRecord, History, HistoryPage};
pub use request_log::{LogRequest, RequestLog};
pub use routes::{Carried, Form, Naming, Route};
pub use schedule_os_update::{ScheduleOsUpdate, ScheduleOsUpdateQuery};
pub use schedule_os_update_of_many::{ScheduleOsUpdateOfMany, ScheduleOsUpdateOfManyQuery};
pub use send::{CommandBody, CommandQuery, Send};
pub use send_found::{SendFound, SendFoundQuery};
pub use send_many::{SendMany, SendManyQuery};
pub use send_many_v2::{CommandForMany, SendManyV2};
pub use send_v2::{CommandSettings, EnterpriseWipeSettings, RestartSettings, SendV2, WipeSettings};
pub use send_v3::{CommandSettingsV3, PasswordPolicy, RecoveryLockSettings, SendV3, WipeSettingsV3};
pub use stop_log::StopLog;

use self::table::{Facts, TABLE};
use crate::endpoint::Effect;
use crate::words::Platform;

/// A command that can be sent to a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Command {
    SyncDevice,
    DeviceQuery,
    Lock,
    ClearPasscode,
    EnableDeviceEncryption,
    InstallOsUpdate,
    InstallApplication,
    SoftReset,
    Shutdown,
    FindDevice,
    SyncSensors,
    OsUpdateStatus,
    RotateFileVaultKey,
    StartAirPlay,
    StopAirPlay,
    CustomMdmCommand,
    InstallPackagedMacOsXAgent,
    RotateDepAdminPassword,
    ResetBiosPassword,
    UserList,
    LogoutUser,
    SyncWorkflows,
    InstallSeededScepProfile,
    PauseWindowsUpdates,
    PauseQualityUpdates,
    PauseRollbackUpdates,
    SuspendBitlocker,
    ResumeBitlocker,
    SetRecoveryLock,
    ChangePasscode,
    ChangeContainerPasscode,
    RemoteView,
    RequestDeviceLog,
    StopDeviceLog,
    RefreshAppDeploymentLog,
    EnableLostMode,
    DisableLostMode,
    Suspend,
    WakeUp,
    SendMessage,
    MigrateToMultiUser,
    ChangeToSingleUser,
    ChangeToMultiUser,
    DeleteUser,
    EnterpriseReset,
    EnterpriseWipe,
    DeviceWipe,
}

impl Command {
    /// Every command, mildest first.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(|facts| facts.command)
    }

    fn facts(self) -> &'static Facts {
        // Every variant has a row: `every_command_has_facts` checks it.
        TABLE.iter().find(|facts| facts.command == self).unwrap_or(&TABLE[0])
    }

    /// Our word for it, which is the guide dialect's too.
    pub fn as_str(self) -> &'static str {
        self.facts().word
    }

    /// The published API's word, or `None` if `…/commands?command=` does not offer it there. It may have a call of its
    /// own then: [`Route::of`].
    pub fn published(self) -> Option<&'static str> {
        self.facts().published
    }

    /// What the command does to a device. What a custom command does hangs on what it [asks](Asked) for.
    pub fn effect(self) -> Effect {
        self.facts().effect
    }

    /// What it does with these parameters, or as part of this body.
    pub fn effect_with(self, given: &serde_json::Value) -> Effect {
        match self {
            Self::CustomMdmCommand => Asked::within(given).effect(),
            other => other.effect(),
        }
    }

    /// Platforms that have it; none named means all of them.
    pub fn platforms(self) -> &'static [Platform] {
        self.facts().platforms
    }

    /// Whether a platform has the command at all; a platform that nobody knows may have anything.
    pub fn runs_on(self, platform: &Platform) -> bool {
        let platforms = self.platforms();
        platforms.is_empty() || platforms.contains(platform) || matches!(platform, Platform::Other(_))
    }

    /// Whether it takes a device out of the tenant, which wipe protection counts.
    pub fn is_wipe(self) -> bool {
        matches!(self, Self::EnterpriseWipe | Self::DeviceWipe)
    }

    /// The command a word stands for, in any spelling on record and without regard to case.
    pub fn known(word: &str) -> Option<Self> {
        let word = word.trim();
        let same = |other: &str| other.eq_ignore_ascii_case(word);
        TABLE
            .iter()
            .find(|facts| {
                same(facts.word) || facts.published.is_some_and(same) || facts.aliases.iter().any(|alias| same(alias))
            })
            .map(|facts| facts.command)
    }
}

impl std::fmt::Display for Command {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl serde::Serialize for Command {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> serde::Deserialize<'de> for Command {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        Self::known(&word).ok_or_else(|| serde::de::Error::custom(format!("`{word}` is not a device command")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_facts_and_its_words_lead_back_to_it() {
        for command in Command::all() {
            assert_eq!(command.facts().command, command);
            assert_eq!(Command::known(command.as_str()), Some(command));
            if let Some(word) = command.published() {
                assert_eq!(Command::known(word), Some(command));
            }
        }
        assert_eq!(Command::known("softreset"), Some(Command::SoftReset));
        assert_eq!(Command::known("SelfDestruct"), None);
        assert_eq!(Command::known("delete-user"), Some(Command::DeleteUser));
    }

    #[test]
    fn a_platform_has_some_commands_and_not_others() {
        assert!(
            Command::SyncDevice.runs_on(&Platform::Linux) && Command::RotateFileVaultKey.runs_on(&Platform::AppleOsX)
        );
        assert!(!Command::RotateFileVaultKey.runs_on(&Platform::WinRt));
        assert!(Command::RotateFileVaultKey.runs_on(&Platform::Other("Symbian".to_owned())));
    }

    #[test]
    fn nothing_that_wipes_or_resets_is_classed_lower_than_destroy() {
        for command in Command::all() {
            let word = command.as_str().to_lowercase();
            let removes = ["wipe", "enterprisereset", "erase", "delete", "unenroll"].iter().any(|w| word.contains(w));
            assert_eq!(command.effect() == Effect::Destroy, removes, "{command}");
        }
    }
}
