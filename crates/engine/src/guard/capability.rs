//! Takes out commands that a platform is known not to have.
//!
//! The table is small on purpose: it names only commands of which it is sure that they belong to some platforms. Whatever
//! it does not name is sent, and the device answers for itself. (What a *dialect* does not offer is known to the
//! client, when it sends.)

use muster_model::commands::Command;
use muster_model::words::Platform;

use super::{Facts, Opinion, Page};
use crate::plan::{Target, Verdict};

/// Commands that exist on some platforms only, and why; which ones these are is a fact of the command.
const CERTAIN: &[(Command, &str)] = &[
    (Command::RotateFileVaultKey, "FileVault is the disk encryption of macOS"),
    (Command::RotateDepAdminPassword, "the account it is for exists on macOS only"),
    (Command::SetRecoveryLock, "the recovery lock belongs to macOS"),
    (Command::InstallPackagedMacOsXAgent, "the package is for macOS"),
    (Command::SuspendBitlocker, "BitLocker is the disk encryption of Windows"),
    (Command::ResumeBitlocker, "BitLocker is the disk encryption of Windows"),
    (Command::ResetBiosPassword, "only Windows devices report a BIOS"),
    (Command::PauseWindowsUpdates, "it pauses the updates of Windows"),
    (Command::PauseQualityUpdates, "it pauses the updates of Windows"),
    (Command::PauseRollbackUpdates, "it pauses the updates of Windows"),
    (Command::StartAirPlay, "AirPlay is Apple's"),
    (Command::StopAirPlay, "AirPlay is Apple's"),
    (Command::EnableLostMode, "lost mode belongs to iOS"),
    (Command::DisableLostMode, "lost mode belongs to iOS"),
];

pub(super) fn decide(_facts: &Facts, page: &Page, opinion: &mut Opinion) {
    for (index, item) in page.all() {
        let (Target::Device(device), Some(command)) = (item.target, item.action.command()) else { continue };
        // A platform that nobody knows may have anything.
        if matches!(device.platform, Platform::Other(_)) || command.runs_on(&device.platform) {
            continue;
        }
        if let Some((_, why)) = CERTAIN.iter().find(|(certain, _)| *certain == command) {
            opinion.item(index, Verdict::Skip, format!("{} has no {command}: {why}", device.platform));
        }
    }
}
