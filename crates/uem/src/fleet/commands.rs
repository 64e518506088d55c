//! What each command does to a device, how long it takes, and how it goes wrong.
//!
//! `InstallApplication` is the odd one: see `installs`.

use muster_model::commands::Command;
use muster_model::words::{EnrollmentStatus, Ownership, Platform};

use super::catalogue::{Form, Maker};
use super::device::{Change, Device, Life, hundredths};
use super::dice::Dice;
use super::pace::{Moment, Pace};

/// How devices take a command.
pub(super) struct Manner {
    /// Seconds from hand-over to answer.
    pub(super) seconds: (f64, f64),
    /// Share of hand-overs that come at a bad time.
    pub(super) busy: f64,
    /// Share of attempts that fail, for one of the reasons.
    pub(super) failing: f64,
    pub(super) reasons: &'static [&'static str],
}

const fn manner_of(seconds: (f64, f64), busy: f64, failing: f64, reasons: &'static [&'static str]) -> Manner {
    Manner { seconds, busy, failing, reasons }
}

/// How devices take the given command.
pub(super) fn manner(command: Command) -> Manner {
    match command {
        Command::SyncDevice | Command::DeviceQuery => {
            manner_of((2.0, 10.0), 0.0, 0.01, &["The device did not answer in time"])
        }
        Command::Lock => manner_of((1.0, 5.0), 0.0, 0.01, &["The device did not answer in time"]),
        Command::FindDevice
        | Command::SyncSensors
        | Command::OsUpdateStatus
        | Command::UserList
        | Command::SyncWorkflows
        | Command::SendMessage => manner_of((2.0, 15.0), 0.01, 0.02, &["The device did not answer in time"]),
        Command::StartAirPlay | Command::StopAirPlay | Command::RemoteView => {
            manner_of((2.0, 20.0), 0.02, 0.04, &["The display could not be reached"])
        }
        Command::RequestDeviceLog | Command::StopDeviceLog | Command::RefreshAppDeploymentLog => {
            manner_of((5.0, 60.0), 0.02, 0.03, &["The log could not be uploaded"])
        }
        Command::Suspend | Command::WakeUp => {
            manner_of((1.0, 10.0), 0.02, 0.03, &["The device did not answer in time"])
        }
        Command::ChangePasscode | Command::ChangeContainerPasscode | Command::SetRecoveryLock => {
            manner_of((2.0, 10.0), 0.03, 0.03, &["The passcode does not fulfil the device's rules"])
        }
        Command::RotateDepAdminPassword | Command::ResetBiosPassword => {
            manner_of((3.0, 15.0), 0.02, 0.03, &["The current password was refused"])
        }
        Command::SuspendBitlocker | Command::ResumeBitlocker => {
            manner_of((3.0, 15.0), 0.02, 0.03, &["BitLocker is not turned on"])
        }
        Command::CustomMdmCommand
        | Command::InstallPackagedMacOsXAgent
        | Command::InstallSeededScepProfile
        | Command::PauseWindowsUpdates
        | Command::PauseQualityUpdates
        | Command::PauseRollbackUpdates
        | Command::EnableLostMode
        | Command::DisableLostMode => manner_of((3.0, 30.0), 0.03, 0.03, &["The device refused the command"]),
        Command::LogoutUser | Command::DeleteUser => {
            manner_of((3.0, 30.0), 0.03, 0.03, &["Nobody of that name is signed in"])
        }
        Command::MigrateToMultiUser | Command::ChangeToSingleUser | Command::ChangeToMultiUser => {
            manner_of((20.0, 90.0), 0.05, 0.05, &["A signed-in user refused the change"])
        }
        Command::ClearPasscode => manner_of((2.0, 10.0), 0.03, 0.02, &["The unlock token is not valid any more"]),
        Command::EnableDeviceEncryption => manner_of(
            (5.0, 30.0),
            0.03,
            0.04,
            &["The security chip is not ready", "Another encryption product is active", "The battery is too low"],
        ),
        Command::InstallOsUpdate => manner_of(
            (20.0, 90.0),
            0.06,
            0.05,
            &["Not enough free space for the update", "The battery is too low", "The update could not be downloaded"],
        ),
        Command::InstallApplication => manner_of((10.0, 240.0), 0.03, 0.0, &[]),
        Command::SoftReset => manner_of((5.0, 20.0), 0.02, 0.02, &["A signed-in user refused the restart"]),
        Command::Shutdown => manner_of((5.0, 15.0), 0.02, 0.02, &["A signed-in user refused the shutdown"]),
        Command::RotateFileVaultKey => manner_of((3.0, 15.0), 0.02, 0.03, &["The current recovery key was refused"]),
        Command::EnterpriseReset => manner_of((30.0, 120.0), 0.0, 0.03, &["The reset package is missing"]),
        Command::EnterpriseWipe => manner_of((5.0, 30.0), 0.0, 0.01, &["A management profile could not be removed"]),
        Command::DeviceWipe => manner_of((10.0, 40.0), 0.0, 0.01, &["The recovery partition is missing"]),
    }
}

/// Why a device of this kind cannot do the command at all, if so.
pub(super) fn unsupported(command: Command, device: &Device) -> Option<&'static str> {
    if !command.runs_on(&device.platform) {
        return Some("The platform does not have this command");
    }
    let rugged = || device.model().is_some_and(|model| model.maker == Maker::Zebra);
    (command == Command::EnterpriseReset && !rugged()).then_some("Only rugged devices have an enterprise reset")
}

/// Why this device may not be asked for it although its platform could, if so.
pub(super) fn forbidden(command: Command, device: &Device) -> Option<&'static str> {
    let owned = device.ownership == Ownership::Employee;
    match command {
        Command::InstallOsUpdate | Command::SoftReset | Command::Shutdown
            if device.platform == Platform::Apple && !device.supervised =>
        {
            Some("The device is not supervised")
        }
        Command::InstallOsUpdate | Command::SoftReset | Command::DeviceWipe
            if device.platform == Platform::Android && owned =>
        {
            Some("Only the work profile is managed on this device")
        }
        Command::RotateFileVaultKey if !device.encrypted => Some("FileVault is not turned on"),
        Command::InstallOsUpdate => {
            let model = device.model()?;
            let stuck = model.newer(&device.os_version).is_none()
                && !super::releases::at_least(&device.os_version, model.os.minimum());
            stuck.then_some("No newer version runs on this model")
        }
        _ => None,
    }
}

/// Does to the device what a successful command does.
pub(super) fn carry_out(command: Command, life: &mut Life, at: Moment, pace: Pace, dice: &mut Dice) {
    let device = &mut life.device;
    match command {
        Command::ClearPasscode => {
            device.passcode_present = false;
            device.passcode_compliant = false;
            // Most people set a new one when they next look at the screen, some take days.
            let wait =
                if dice.chance(0.92) { pace.minutes(dice.real(3.0, 40.0)) } else { pace.hours(dice.real(20.0, 90.0)) };
            device.begin(at + wait, Change::PasscodeSet);
        }
        Command::EnableDeviceEncryption if !device.encrypted => {
            device.begin(at + pace.minutes(dice.real(8.0, 60.0)), Change::Encrypted);
        }
        Command::InstallOsUpdate => update(device, at, pace, dice),
        Command::SoftReset => out_of_reach(device, at + pace.minutes(dice.real(1.0, 4.0))),
        Command::Shutdown => out_of_reach(device, at + pace.hours(dice.real(0.5, 14.0))),
        Command::EnterpriseReset => {
            device.passcode_present = false;
            device.passcode_compliant = false;
            device.available_gb = hundredths(device.capacity_gb * 0.7);
            device.begin(at + pace.minutes(dice.real(20.0, 90.0)), Change::PasscodeSet);
            out_of_reach(device, at + pace.minutes(dice.real(5.0, 15.0)));
        }
        Command::EnterpriseWipe | Command::DeviceWipe => leave(life, at),
        Command::ChangePasscode => {
            device.passcode_present = true;
            device.passcode_compliant = true;
        }
        Command::Suspend => out_of_reach(device, at + pace.hours(dice.real(0.2, 4.0))),
        Command::MigrateToMultiUser | Command::ChangeToSingleUser | Command::ChangeToMultiUser => {
            out_of_reach(device, at + pace.minutes(dice.real(2.0, 10.0)));
        }
        // They only ask for what every check-in brings, leave no trace in a sample, or do it elsewhere.
        _ => {}
    }
}

fn update(device: &mut Device, at: Moment, pace: Pace, dice: &mut Dice) {
    let Some((_, newest)) = device.model().and_then(|model| model.newer(&device.os_version)) else { return };
    let minutes = match device.form() {
        Form::Laptop | Form::Desktop => dice.real(20.0, 70.0),
        _ => dice.real(12.0, 40.0),
    };
    let change = Change::OsInstalled { version: newest.version.to_owned(), build: newest.build.to_owned() };
    device.begin(at + pace.minutes(minutes), change);
}

fn out_of_reach(device: &mut Device, until: Moment) {
    device.offline_until = device.offline_until.max(until);
}

/// The device leaves the tenant. Its row stays as a record; nothing more is heard from it.
fn leave(life: &mut Life, at: Moment) {
    let device = &mut life.device;
    device.enrollment = EnrollmentStatus::Unenrolled;
    device.upcoming.clear();
    life.left = true;
    life.tell(at, "Information", "Enrollment Status Changed", &[("Status", EnrollmentStatus::Unenrolled.as_str())]);
}
