//! What single devices do, told without a database: each command's effect, bad timing, absence, drift.

use std::collections::BTreeMap;

use muster_model::commands::Command;
use muster_model::words::{CommandStatus, ComplianceStatus, EnrollmentStatus, InstallStatus, Ownership, Platform};

use super::catalogue::SHARES;
use super::device::{Device, Install, Life, Order};
use super::installs::App;
use super::pace::{Moment, NEVER, Pace};
use super::policies::POLICIES;
use super::turn::{self, World};

const START: Moment = 1_767_600_000_000_000;
const MINUTE: Moment = 60_000_000;
const HOUR: Moment = 60 * MINUTE;
const DAY: Moment = 24 * HOUR;
const APP: i64 = 301;

fn live(life: &mut Life, world: &World, until: Moment) -> u64 {
    turn::live(life, world, until, u64::MAX)
}

fn world(seed: u64, size_mb: i64) -> World {
    let app = App { name: "Notes".into(), version: "2.0".into(), platform: Some(Platform::WinRt), size_mb };
    World {
        seed,
        hardship: Default::default(),
        pace: Pace::new(1.0),
        apps: BTreeMap::from([(APP, app)]),
        policies: (21..).zip(POLICIES).map(|(id, policy)| (id, policy.0)).collect(),
        changed: BTreeMap::new(),
    }
}

/// A healthy device within reach that checks in within a second.
fn device(platform: Platform, model: &str) -> Device {
    let os = super::catalogue::model_named(&platform, model).expect("a model of the catalogue");
    let release = os.releases()[os.releases().len() - 1];
    Device {
        id: 7,
        platform,
        model: model.into(),
        ownership: Ownership::Corporate,
        enrollment: EnrollmentStatus::Enrolled,
        os_version: release.version.into(),
        os_build: release.build.into(),
        last_seen_at: START - HOUR,
        compliance: ComplianceStatus::Compliant,
        compliance_checked_at: None,
        compromised: false,
        encrypted: true,
        passcode_present: true,
        passcode_compliant: true,
        supervised: true,
        battery_percent: 80,
        capacity_gb: 256.0,
        available_gb: 120.0,
        next_checkin_at: START + 1_000_000,
        offline_until: 0,
        checkins: 0,
        upcoming: Vec::new(),
    }
}

fn laptop() -> Device {
    device(Platform::WinRt, "Latitude 5440")
}

fn phone() -> Device {
    device(Platform::Apple, "iPhone 15")
}

fn order(id: i64, command: Command) -> Order {
    Order {
        id,
        uuid: format!("order-{id}"),
        word: command.as_str().into(),
        command: Some(command),
        application: (command == Command::InstallApplication).then_some(APP),
        status: CommandStatus::Queued,
        reason: String::new(),
        sent_at: None,
        finished_at: None,
        due_at: START,
        tries: 0,
        changed: false,
    }
}

fn pending() -> Install {
    Install {
        app: APP,
        status: InstallStatus::Pending,
        reason: String::new(),
        installed_version: String::new(),
        tries: 0,
        updated_at: START,
        due_at: None,
        removed: false,
        changed: false,
    }
}

/// One command on a device with the first seed at which it is not unlucky, up to the moment it is answered.
fn acknowledged(device: &Device, command: Command) -> (Life, World) {
    for seed in 0..50 {
        let world = world(seed, 200);
        let mut life = Life::new(device.clone(), vec![order(1, command)], vec![]);
        // Minute by minute, so that nothing else has happened yet when the answer is in.
        for minute in 1..30 {
            live(&mut life, &world, START + minute * MINUTE);
            match life.orders[0].status {
                CommandStatus::Acknowledged => return (life, world),
                CommandStatus::Unsupported => panic!("{command} is not supported: {}", life.orders[0].reason),
                _ => {}
            }
        }
    }
    panic!("{command} never succeeds");
}

fn later(life: &mut Life, world: &World, time: Moment) {
    live(life, world, life.device.last_seen_at + time);
}

#[test]
fn an_encryption_command_is_acknowledged_first_and_shows_in_a_later_sample() {
    let open = Device { encrypted: false, compliance: ComplianceStatus::NonCompliant, ..laptop() };
    let (mut life, world) = acknowledged(&open, Command::EnableDeviceEncryption);
    assert!(!life.device.encrypted);
    assert_eq!(life.device.compliance, ComplianceStatus::NonCompliant);
    later(&mut life, &world, 2 * HOUR);
    assert!(life.device.encrypted);
    assert_eq!(life.device.compliance, ComplianceStatus::Compliant);
    let told: Vec<&str> = life.events.iter().map(|event| event.event.as_str()).collect();
    assert_eq!(told, ["EnableDeviceEncryption Confirmed", "Encryption Completed", "Compliance Status Changed"]);
}

#[test]
fn a_cleared_passcode_is_followed_by_a_better_one() {
    let weak = Device { passcode_compliant: false, compliance: ComplianceStatus::NonCompliant, ..phone() };
    let (mut life, world) = acknowledged(&weak, Command::ClearPasscode);
    assert!(!life.device.passcode_present);
    later(&mut life, &world, 5 * DAY);
    assert!(life.device.passcode_present && life.device.passcode_compliant);
}

#[test]
fn an_update_brings_the_newest_release_of_the_models_line() {
    let old = Device { os_version: "17.5.1".into(), os_build: "21F90".into(), ..phone() };
    let (mut life, world) = acknowledged(&old, Command::InstallOsUpdate);
    assert_eq!(life.device.os_version, "17.5.1");
    later(&mut life, &world, 3 * HOUR);
    assert_eq!((life.device.os_version.as_str(), life.device.os_build.as_str()), ("26.1", "23B85"));
    // An old model gets as far as it can.
    let older = Device { os_version: "15.8.3".into(), ..device(Platform::Apple, "iPhone X") };
    let (mut life, world) = acknowledged(&older, Command::InstallOsUpdate);
    later(&mut life, &world, 3 * HOUR);
    assert_eq!(life.device.os_version, "16.7.11");
    assert_eq!(life.device.compliance, ComplianceStatus::NonCompliant);
}

#[test]
fn what_a_device_may_not_do_is_an_error_and_what_its_kind_cannot_do_is_unsupported() {
    let run = |device: Device, command| {
        let mut life = Life::new(device, vec![order(1, command)], vec![]);
        live(&mut life, &world(1, 200), START + MINUTE);
        (life.orders[0].status.clone(), life.orders[0].reason.clone())
    };
    let unsupervised = Device { supervised: false, ..phone() };
    assert_eq!(run(unsupervised, Command::InstallOsUpdate).1, "The device is not supervised");
    let stuck = Device { os_version: "16.7.11".into(), ..device(Platform::Apple, "iPhone X") };
    assert_eq!(run(stuck, Command::InstallOsUpdate).0, CommandStatus::Error);
    assert_eq!(run(phone(), Command::RotateFileVaultKey).0, CommandStatus::Unsupported);
    assert_eq!(run(laptop(), Command::EnterpriseReset).0, CommandStatus::Unsupported);
    assert_eq!(
        run(device(Platform::AppleOsX, "Mac mini (M2, 2023)"), Command::ClearPasscode).0,
        CommandStatus::Unsupported
    );
    assert_eq!(run(laptop(), Command::InstallApplication).1, "The application is not assigned to this device");
}

#[test]
fn a_wipe_ends_the_enrollment_and_whatever_was_open() {
    for command in [Command::EnterpriseWipe, Command::DeviceWipe] {
        for seed in 0..5 {
            let world = world(seed, 200);
            let orders = vec![order(1, command), order(2, Command::SyncDevice)];
            let mut life = Life::new(laptop(), orders, vec![pending()]);
            live(&mut life, &world, START + 1_000_000);
            let waiting = format!("{command}Pending");
            assert_eq!(life.device.enrollment.as_str(), waiting);
            live(&mut life, &world, START + 10 * MINUTE);
            if life.orders[0].status == CommandStatus::Error {
                assert_eq!(life.device.enrollment, EnrollmentStatus::Enrolled);
                continue;
            }
            assert!(life.left);
            assert_eq!(life.device.enrollment, EnrollmentStatus::Unenrolled);
            assert_eq!(life.device.compliance, ComplianceStatus::NotAvailable);
            assert_eq!(life.device.next_checkin_at, NEVER);
            assert_eq!(life.orders[1].status, CommandStatus::Cancelled);
            assert_eq!(live(&mut life, &world, START + 100 * DAY), 0);
        }
    }
}

#[test]
fn a_shut_down_device_is_out_of_reach_for_a_while_and_a_restarted_one_for_minutes() {
    for (command, from, to) in [(Command::SoftReset, MINUTE, 4 * MINUTE), (Command::Shutdown, HOUR / 2, 14 * HOUR)] {
        let (life, _) = acknowledged(&laptop(), command);
        let away = life.device.offline_until - life.device.last_seen_at;
        assert!((from..=to).contains(&away), "{command}: {away}");
        assert!(life.device.next_checkin_at > life.device.offline_until);
    }
}

#[test]
fn nothing_reaches_a_device_that_is_out_of_reach() {
    let back = START + 6 * HOUR;
    let away = Device { offline_until: back, next_checkin_at: back + MINUTE, ..laptop() };
    let mut life = Life::new(away, vec![order(1, Command::SyncDevice)], vec![]);
    assert_eq!(live(&mut life, &world(1, 200), back), 0);
    assert_eq!(life.orders[0].status, CommandStatus::Queued);
    live(&mut life, &world(1, 200), back + HOUR);
    assert!(life.orders[0].sent_at.is_some_and(|sent| sent > back));
    assert!(!life.orders[0].is_open());
    let lost = Device { offline_until: NEVER, next_checkin_at: NEVER, ..laptop() };
    let mut life = Life::new(lost, vec![order(1, Command::SyncDevice)], vec![]);
    assert_eq!(live(&mut life, &world(1, 200), START + 1_000 * DAY), 0);
}

#[test]
fn a_busy_device_is_asked_again_and_meanwhile_does_something_else() {
    let (mut busy, mut ended) = (0, BTreeMap::new());
    for seed in 0..400 {
        let world = world(seed, 200);
        let orders = vec![order(1, Command::InstallOsUpdate), order(2, Command::SyncDevice)];
        let mut life = Life::new(laptop(), orders, vec![]);
        live(&mut life, &world, START + 2 * MINUTE);
        if life.orders[0].status == CommandStatus::NotNow {
            busy += 1;
            assert!(life.orders[0].due_at > life.device.last_seen_at);
            assert_eq!(life.orders[1].sent_at, Some(START + 1_000_000), "the next one was handed out at once");
            live(&mut life, &world, START + 5 * HOUR);
            assert!(life.orders[0].tries > 1);
        } else {
            live(&mut life, &world, START + 5 * HOUR);
        }
        *ended.entry(life.orders[0].status.as_str().to_owned()).or_insert(0) += 1;
    }
    assert!((8..60).contains(&busy), "{busy}");
    assert!(ended["Acknowledged"] > 340 && ended["Error"] > 5, "{ended:?}");
    assert!(ended.keys().all(|status| status == "Acknowledged" || status == "Error"), "{ended:?}");
}

#[test]
fn commands_are_taken_one_after_another_in_their_order() {
    let orders = (1..=4).map(|id| order(id, Command::SyncDevice)).collect();
    let mut life = Life::new(laptop(), orders, vec![]);
    live(&mut life, &world(3, 200), START + HOUR);
    for pair in life.orders.windows(2) {
        assert!(pair[1].sent_at >= pair[0].finished_at, "{pair:?}");
        assert!(pair[1].finished_at > pair[0].finished_at);
    }
}

#[test]
fn a_pending_app_is_installed_by_itself_or_fails_with_a_reason() {
    let (mut installed, mut reasons) = (0, Vec::new());
    for seed in 0..300 {
        let mut life = Life::new(laptop(), vec![], vec![pending()]);
        live(&mut life, &world(seed, 200), START + HOUR);
        let install = &life.installs[0];
        match install.status {
            InstallStatus::Installed => {
                installed += 1;
                assert_eq!((install.installed_version.as_str(), install.reason.as_str()), ("2.0", ""));
                assert!(life.device.available_gb < 122.0);
            }
            InstallStatus::Failed => reasons.push(install.reason.clone()),
            _ => panic!("still {}", install.status),
        }
        assert_eq!((install.tries, install.due_at), (1, None));
    }
    assert!((270..299).contains(&installed), "{installed}");
    assert!(reasons.iter().all(|reason| !reason.is_empty()));
}

#[test]
fn an_app_without_room_fails_until_there_is_room() {
    let full = Device { available_gb: 1.0, ..laptop() };
    let mut life = Life::new(full, vec![], vec![pending()]);
    live(&mut life, &world(1, 4_000), START + HOUR);
    assert_eq!(life.installs[0].status, InstallStatus::Failed);
    assert!(life.installs[0].reason.starts_with("Not enough free space: 5.9 GB needed"), "{}", life.installs[0].reason);
    life.device.available_gb = 60.0;
    life.device.next_checkin_at = START + 2 * HOUR;
    life.device.offline_until = 0;
    life.orders = vec![order(1, Command::InstallApplication)];
    live(&mut life, &world(1, 4_000), START + 2 * HOUR);
    assert_eq!(life.installs[0].status, InstallStatus::Pending);
    live(&mut life, &world(1, 4_000), START + 4 * HOUR);
    assert_eq!(life.installs[0].status, InstallStatus::Installed, "{}", life.installs[0].reason);
    assert_eq!(life.orders[0].status, CommandStatus::Acknowledged);
}

#[test]
fn an_app_for_another_platform_is_refused_by_the_device() {
    let mut life = Life::new(phone(), vec![order(1, Command::InstallApplication)], vec![pending()]);
    live(&mut life, &world(1, 200), START + MINUTE);
    assert_eq!(life.orders[0].reason, "The application does not run on this platform");
}

#[test]
fn years_pass_in_bounded_turns_and_every_kind_of_device_breaks_a_policy_now_and_then() {
    let mut broken = 0;
    for (number, (share, model)) in
        SHARES.iter().flat_map(|share| share.models.iter().map(move |m| (share, m))).enumerate()
    {
        let mut life =
            Life::new(Device { id: number as i64, ..device(share.platform.clone(), model.name) }, vec![], vec![]);
        let turns = live(&mut life, &world(number as u64, 200), START + 365 * DAY);
        // Four hours apart and less often when away; hourly while a policy is broken.
        assert!((800..8_800).contains(&turns), "{}: {turns}", model.name);
        assert!(life.device.last_seen_at > START + 360 * DAY);
        assert!((1..=100).contains(&life.device.battery_percent));
        assert!((0.0..=256.0).contains(&life.device.available_gb));
        broken +=
            life.events.iter().filter(|event| event.details.iter().any(|text| text == "Status=NonCompliant")).count();
    }
    assert!(broken > 20, "{broken}");
}
