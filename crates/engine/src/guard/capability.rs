//! Takes out commands that a platform is known not to have.
//!
//! The table is small on purpose: it names only what is sure. Whatever it does not name is sent, and the
//! device answers for itself. (What a *dialect* does not offer is known to the client, when it sends.)

use muster_model::commands::Command;
use muster_model::words::Platform;

use super::{Facts, Opinion};
use crate::plan::{Target, Verdict};

/// Commands that exist on some platforms only: command, platforms that have it, why.
const ONLY: &[(Command, &[Platform], &str)] =
    &[(Command::RotateFileVaultKey, &[Platform::AppleOsX], "FileVault is the disk encryption of macOS")];

pub(super) fn decide(facts: &Facts, opinion: &mut Opinion) {
    for (index, item) in facts.draft.items.iter().enumerate() {
        let (Target::Device(device), Some(command)) = (&item.target, item.action.command()) else { continue };
        // A platform that nobody knows may have anything.
        if matches!(device.platform, Platform::Other(_)) {
            continue;
        }
        let rule = ONLY.iter().find(|(only, platforms, _)| *only == command && !platforms.contains(&device.platform));
        if let Some((_, _, why)) = rule {
            opinion.item(index, Verdict::Skip, format!("{} has no {command}: {why}", device.platform));
        }
    }
}
