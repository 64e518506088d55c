//! Smart groups and tags of a new tenant; the guide's examples deploy to some of these groups by name.

use muster_model::words::{Ownership, Platform};

use super::catalogue::Form;
use super::device::Device;
use super::dice::Dice;

/// Name, platforms, ownerships, tags: an empty list is no restriction.
pub(super) struct SmartGroup {
    pub(super) name: &'static str,
    pub(super) platforms: &'static [Platform],
    pub(super) ownerships: &'static [Ownership],
    pub(super) tags: &'static [&'static str],
}

const fn group(
    name: &'static str,
    platforms: &'static [Platform],
    ownerships: &'static [Ownership],
    tags: &'static [&'static str],
) -> SmartGroup {
    SmartGroup { name, platforms, ownerships, tags }
}

pub(super) const SMART_GROUPS: &[SmartGroup] = &[
    group("All Devices", &[], &[], &[]),
    group("All Windows Devices", &[Platform::WinRt], &[], &[]),
    group("All iOS Devices", &[Platform::Apple], &[], &[]),
    group("All Android Devices", &[Platform::Android], &[], &[]),
    group("All macOS Devices", &[Platform::AppleOsX], &[], &[]),
    group("All ChromeOS Devices", &[Platform::ChromeOs], &[], &[]),
    group("All Linux Devices", &[Platform::Linux], &[], &[]),
    group("Corporate Devices", &[], &[Ownership::Corporate, Ownership::Shared], &[]),
    group("Shared Devices", &[], &[Ownership::Shared], &[]),
    group("BYOD", &[], &[Ownership::Employee], &[]),
    group("Corporate Windows Devices", &[Platform::WinRt], &[Ownership::Corporate], &[]),
    group("Pilot Ring", &[], &[], &["Pilot"]),
    group("Kiosks", &[Platform::Apple, Platform::Android], &[], &["Kiosk"]),
    group("VIP Devices", &[], &[], &["VIP"]),
];

pub(super) const TAGS: &[&str] = &["Pilot", "VIP", "Kiosk", "Loaner"];

/// The tags a device has from the start, as positions in [`TAGS`].
pub(super) fn tags(device: &Device, dice: &mut Dice) -> Vec<usize> {
    let shared = device.ownership == Ownership::Shared;
    let kiosk = shared && matches!(device.form(), Form::Tablet | Form::Rugged);
    let shares = [0.05, if shared { 0.0 } else { 0.01 }, if kiosk { 0.4 } else { 0.0 }, 0.01];
    (0..TAGS.len()).filter(|position| dice.chance(shares[*position])).collect()
}
