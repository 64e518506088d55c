//! Device commands: what they are called in each dialect and what they do to a device.

mod history;
mod send;

pub use history::{
    CommandRecord, EventData, EventLog, EventLogEntry, EventLogPage, EventLogQuery, History, HistoryPage,
};
pub use send::{CommandBody, CommandQuery, Send};

use crate::endpoint::Effect;

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
    EnterpriseReset,
    EnterpriseWipe,
    DeviceWipe,
}

/// What is known about a command; one row of the table below.
struct Facts {
    command: Command,
    /// Our word, which is also the guide's.
    word: &'static str,
    /// The published API's word for `?command=`; `None` if that API has no such command.
    published: Option<&'static str>,
    effect: Effect,
    /// Other spellings that clients send.
    aliases: &'static [&'static str],
}

const FACTS: &[Facts] = &[
    facts(Command::SyncDevice, "SyncDevice", Some("SyncDevice"), Effect::Write, &["Sync"]),
    facts(Command::DeviceQuery, "DeviceQuery", Some("DeviceQuery"), Effect::Write, &["Query", "DeviceInformation"]),
    facts(Command::Lock, "DeviceLock", Some("Lock"), Effect::Write, &["Lock", "LockDevice"]),
    facts(Command::ClearPasscode, "ClearPasscode", Some("ClearPasscode"), Effect::Write, &[]),
    // The published API has no command for this: on such a tenant an encryption profile does it.
    facts(Command::EnableDeviceEncryption, "EnableDeviceEncryption", None, Effect::Write, &[]),
    facts(Command::InstallOsUpdate, "InstallOSUpdate", Some("ScheduleOsUpdate"), Effect::Write, &["ScheduleOsUpdate"]),
    // Has a route of its own in the published API: `/mam/apps/internal/{id}/install`.
    facts(Command::InstallApplication, "InstallApplication", None, Effect::Write, &[]),
    facts(Command::SoftReset, "SoftReset", Some("SoftReset"), Effect::Write, &["Restart", "Reboot"]),
    facts(Command::Shutdown, "Shutdown", Some("Shutdown"), Effect::Write, &[]),
    facts(Command::FindDevice, "FindDevice", None, Effect::Write, &[]),
    facts(Command::SyncSensors, "SyncSensors", Some("SyncSensors"), Effect::Write, &[]),
    facts(Command::OsUpdateStatus, "OsUpdateStatus", Some("OsUpdateStatus"), Effect::Write, &[]),
    facts(Command::RotateFileVaultKey, "RotateFileVaultKey", Some("RotateFileVaultKey"), Effect::Write, &[]),
    // Returns a rugged device to its enterprise state: user data is gone.
    facts(Command::EnterpriseReset, "EnterpriseReset", Some("EnterpriseReset"), Effect::Destroy, &["EnterproseReset"]),
    facts(Command::EnterpriseWipe, "EnterpriseWipe", Some("EnterpriseWipe"), Effect::Destroy, &[]),
    facts(Command::DeviceWipe, "DeviceWipe", Some("DeviceWipe"), Effect::Destroy, &["Wipe", "EraseDevice"]),
];

const fn facts(
    command: Command,
    word: &'static str,
    published: Option<&'static str>,
    effect: Effect,
    aliases: &'static [&'static str],
) -> Facts {
    Facts { command, word, published, effect, aliases }
}

impl Command {
    /// Every command, mildest first.
    pub fn all() -> impl Iterator<Item = Self> {
        FACTS.iter().map(|facts| facts.command)
    }

    fn facts(self) -> &'static Facts {
        // Every variant has a row: `every_command_has_facts` checks it.
        FACTS.iter().find(|facts| facts.command == self).unwrap_or(&FACTS[0])
    }

    /// Our word for it, which is the guide dialect's too.
    pub fn as_str(self) -> &'static str {
        self.facts().word
    }

    /// The published API's word, or `None` if `…/commands?command=` does not offer it there.
    pub fn published(self) -> Option<&'static str> {
        self.facts().published
    }

    /// What the command does to a device.
    pub fn effect(self) -> Effect {
        self.facts().effect
    }

    /// The command a word stands for, in any spelling on record and without regard to case.
    pub fn known(word: &str) -> Option<Self> {
        let word = word.trim();
        let same = |other: &str| other.eq_ignore_ascii_case(word);
        FACTS
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
