//! What a check-in finds on the device: what was begun and is finished by now, and what people did to it
//! meanwhile.
//!
//! Rates are per hour of the fleet's life, so that a device that reports every hour drifts no faster than
//! one that reports once a day.

use muster_model::words::{Ownership, Platform};

use super::catalogue::Form;
use super::device::{Change, Device, Life, hundredths};
use super::dice::Dice;
use super::pace::Moment;

const DAY: f64 = 24.0;

/// Brings the device's row up to what it is at this moment, `hours` after the last sample.
pub(super) fn take(life: &mut Life, at: Moment, hours: f64, dice: &mut Dice) {
    finish_begun(life, at);
    let device = &mut life.device;
    battery(device, hours, dice);
    storage(device, hours, dice);
    habits(life, at, hours, dice);
}

fn finish_begun(life: &mut Life, at: Moment) {
    let mut index = 0;
    while index < life.device.upcoming.len() {
        if life.device.upcoming[index].at > at {
            index += 1;
            continue;
        }
        let begun = life.device.upcoming.remove(index);
        match begun.change {
            Change::Encrypted => {
                life.device.encrypted = true;
                life.tell(at, "Information", "Encryption Completed", &[]);
            }
            Change::PasscodeSet => set_passcode(&mut life.device),
            Change::OsInstalled { version, build } => run_release(life, at, &version, &build),
        }
    }
}

fn set_passcode(device: &mut Device) {
    device.passcode_present = true;
    device.passcode_compliant = true;
}

fn run_release(life: &mut Life, at: Moment, version: &str, build: &str) {
    let before = std::mem::replace(&mut life.device.os_version, version.to_owned());
    life.device.os_build = build.to_owned();
    life.tell(at, "Information", "Operating System Updated", &[("From", &before), ("To", version)]);
}

fn battery(device: &mut Device, hours: f64, dice: &mut Dice) {
    let per_hour = match device.form() {
        Form::Desktop => return,
        Form::Phone | Form::Rugged => dice.real(2.0, 8.0),
        Form::Tablet => dice.real(1.0, 4.0),
        Form::Laptop => dice.real(1.0, 9.0),
    };
    let left = device.battery_percent - (per_hour * hours).round() as i64;
    let charged = left < 15 || dice.chance(hours / 10.0);
    device.battery_percent = if charged { dice.whole(60, 100) } else { left.clamp(1, 100) };
}

fn storage(device: &mut Device, hours: f64, dice: &mut Dice) {
    let spread = (hours / DAY).sqrt().min(3.0) * device.capacity_gb * 0.004;
    let mut megabytes = dice.real(-1.0, 1.05) * spread * 1024.0;
    // People tidy up when a device complains.
    if device.available_gb < 2.0 && dice.chance(hours / (4.0 * DAY)) {
        megabytes = -dice.real(2.0, 12.0) * 1024.0;
    }
    device.take_storage(megabytes);
    device.available_gb = device.available_gb.min(hundredths(device.capacity_gb * 0.95));
}

/// The slow drift that makes compliance move without anybody's command.
fn habits(life: &mut Life, at: Moment, hours: f64, dice: &mut Dice) {
    let mut happens = |once_in_days: f64| dice.chance(hours / (once_in_days * DAY));
    let device = &mut life.device;
    let mobile = matches!(device.platform, Platform::Apple | Platform::Android);
    if !(device.passcode_present && device.passcode_compliant) {
        if happens(12.0) {
            set_passcode(device);
        }
    } else if happens(500.0) {
        device.passcode_compliant = false;
        device.passcode_present = happens(2.0 / DAY);
    }
    if matches!(device.platform, Platform::WinRt | Platform::AppleOsX | Platform::Linux) {
        if !device.encrypted && happens(60.0) {
            device.encrypted = true;
        } else if device.encrypted && happens(900.0) {
            device.encrypted = false;
        }
    }
    if mobile
        && !device.compromised
        && happens(if device.ownership == Ownership::Employee { 8_000.0 } else { 40_000.0 })
    {
        device.compromised = true;
        life.tell(at, "Error", "Device Compromised", &[]);
    } else if device.compromised && happens(90.0) {
        device.compromised = false;
    }
    let device = &life.device;
    let newer = device.model().and_then(|model| model.newer(&device.os_version));
    let updating = device.upcoming.iter().any(|begun| matches!(begun.change, Change::OsInstalled { .. }));
    if let Some((next, _)) = newer
        && !updating
        && happens(30.0)
    {
        run_release(life, at, next.version, next.build);
    }
}
