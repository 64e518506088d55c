//! Each change is seen by reading, in both dialects.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use muster_client::{DeviceFilter, Dialect, Error, Kind, Recipient};
use muster_model::commands::Command;
use muster_model::devices::Device;
use muster_model::users::UserEdit;
use muster_model::words::{CommandStatus, EnrollmentStatus, InstallStatus, OperationStatus, Platform};
use muster_uem::On;
use serde_json::{Map, json};

use crate::stage::Stage;

const UUID: &str = "00000000-0000-0000-0000-000000000001";

/// Whoever stood still for too long has lost its lease, and what it was about to repeat is somebody else's now.
#[tokio::test]
async fn nothing_leaves_when_the_right_to_send_is_lost_while_a_request_waits() {
    let stage = Stage::set().await;
    for (client, writer) in &stage.dialects {
        let devices = client.devices(&DeviceFilter::default()).await.expect("a list");
        let device = devices.iter().find(|device| device.enrollment_status == EnrollmentStatus::Enrolled);
        let device = device.expect("an enrolled device").id.0;
        let asked = AtomicU32::new(0);
        let writer = writer.while_holds(move || asked.fetch_add(1, Ordering::Relaxed) == 0);
        let before = stage.uem.effects().await.expect("effects");
        stage.uem.faults().on(On::Writes).throttle(1, Some(Duration::ZERO));
        let error = writer.command(device, Command::SyncDevice, &Map::new()).await.expect_err("withdrawn");
        assert_eq!((error.kind(), matches!(error, Error::Withdrawn)), (Kind::NotSent, true), "{error:?}");
        assert_eq!(stage.uem.effects().await.expect("effects"), before);
    }
}

#[tokio::test]
async fn a_command_is_queued_and_carried_out() {
    let stage = Stage::set().await;
    for (client, writer) in &stage.dialects {
        let devices = client.devices(&DeviceFilter::default()).await.expect("a list");
        // The latest seen is online: its check-in comes first.
        let online = devices.iter().filter(|device| device.enrollment_status == EnrollmentStatus::Enrolled);
        let device = online.max_by_key(|device| device.last_seen).expect("an enrolled device").id.0;
        let before = client.device_commands(device).await.expect("a history").len();
        let receipt = writer.command(device, Command::SyncDevice, &Map::new()).await.expect("accepted");
        assert_eq!(receipt.command_id.is_some(), client.dialect() == Dialect::Guide);

        let commands = client.device_commands(device).await.expect("a history");
        assert_eq!(commands.len(), before + 1);
        assert_eq!((commands[0].command.as_str(), &commands[0].status), ("SyncDevice", &CommandStatus::Queued));
        assert_eq!(commands[0].requested_by, stage.uem.ready.username);
        if let Some(id) = receipt.command_id {
            assert_eq!(commands[0].command_uuid.map(|uuid| uuid.to_string()), Some(id));
        }
        stage.uem.step(Duration::from_secs(48 * 3600)).await.expect("steps");
        let commands = client.device_commands(device).await.expect("a history");
        let sync = commands.iter().find(|record| record.command == "SyncDevice").expect("still there");
        assert_ne!(sync.status, CommandStatus::Queued, "{}: {sync:?}", client.dialect());
        assert!(sync.finished_at > sync.queued_at, "{sync:?}");
    }
}

#[tokio::test]
async fn a_command_that_the_dialect_lacks_is_refused_before_it_is_sent() {
    let stage = Stage::set().await;
    let [(guide, _), (published, writer)] = &stage.dialects[..] else { unreachable!() };
    assert!(guide.supports(Command::EnableDeviceEncryption) && !published.supports(Command::EnableDeviceEncryption));
    let device = published.device_page(&DeviceFilter::default(), 1).await.expect("a page").0[0].id.0;
    let calls = published.statistics().calls;
    let error = writer.command(device, Command::EnableDeviceEncryption, &Map::new()).await.expect_err("unsupported");
    assert_eq!((error.kind(), published.statistics().calls), (Kind::Unsupported, calls));
}

/// The published API has a call of its own for each of these; the guide dialect takes all of them in the same way.
#[tokio::test]
async fn a_command_with_a_call_of_its_own_is_queued_and_carried_out_in_both_dialects() {
    let stage = Stage::set().await;
    let sent = [
        (Command::FindDevice, Platform::Apple, json!({"Message": "Here"})),
        (Command::EnableLostMode, Platform::Apple, json!({"message": "Please call", "PhoneNumber": 4_412_345})),
        (Command::DisableLostMode, Platform::Apple, json!({})),
        (Command::LogoutUser, Platform::Apple, json!({})),
        (Command::DeleteUser, Platform::Apple, json!({"managed_apple_id": "ada@example.com"})),
        (Command::ChangePasscode, Platform::Android, json!({"Passcode": 493_011})),
        (Command::ChangeContainerPasscode, Platform::Android, json!({"Passcode": "004930"})),
        (Command::RequestDeviceLog, Platform::Android, json!({"DeviceLogLevel": "DEBUG", "DeviceLogDuration": "5"})),
        (Command::StopDeviceLog, Platform::Android, json!({})),
        (Command::StartAirPlay, Platform::AppleOsX, json!({"DestinationName": "Wall"})),
        (Command::SetRecoveryLock, Platform::AppleOsX, json!({"length": 12, "include_numbers": true})),
        (Command::CustomMdmCommand, Platform::AppleOsX, json!({"CommandXml": "<dict></dict>"})),
        (Command::Lock, Platform::AppleOsX, json!({"message": "Lost", "unlock_pin": 493_011})),
        (Command::RemoteView, Platform::AppleOsX, json!({"RemoteViewId": 0})),
        (Command::SuspendBitlocker, Platform::WinRt, json!({"reboot_count": 2})),
        (Command::ResumeBitlocker, Platform::WinRt, json!({})),
        (Command::Suspend, Platform::WinRt, json!({})),
        (Command::WakeUp, Platform::WinRt, json!({})),
        (Command::MigrateToMultiUser, Platform::WinRt, json!({})),
        (Command::ChangeToSingleUser, Platform::WinRt, json!({})),
        (Command::ChangeToMultiUser, Platform::WinRt, json!({})),
        (
            Command::RefreshAppDeploymentLog,
            Platform::WinRt,
            json!({"build_version": UUID, "transaction_identifier": UUID, "install_context": "Device"}),
        ),
    ];
    for (client, writer) in &stage.dialects {
        let devices = client.devices(&DeviceFilter::default()).await.expect("a list");
        let enrolled = |platform: &Platform| {
            let fits = |device: &&Device| {
                device.platform == *platform && device.enrollment_status == EnrollmentStatus::Enrolled
            };
            devices.iter().filter(fits).max_by_key(|device| device.last_seen).expect("one of the platform")
        };
        for (command, platform, parameters) in &sent {
            let device = enrolled(platform);
            let mut parameters = parameters.as_object().cloned().expect("an object");
            if *command == Command::RemoteView {
                parameters.insert("RemoteViewId".to_owned(), enrolled(&Platform::Apple).id.0.0.into());
            }
            let what = format!("{}: {command}", client.dialect());
            assert!(client.supports(*command) && client.carries(*command, &parameters).is_ok(), "{what}");
            // With its UUID known it takes one call; else the record is read first.
            let known = Recipient { id: device.id.0, uuid: device.uuid };
            let recipient = if *command == Command::EnableLostMode { device.id.0.into() } else { known };
            let sent = writer.command(recipient, *command, &parameters).await;
            sent.unwrap_or_else(|error| panic!("{what}: {error}"));
            let commands = client.device_commands(device.id.0).await.expect("a history");
            assert_eq!(Command::known(&commands[0].command), Some(*command), "{what}");
        }
        stage.uem.step(Duration::from_secs(48 * 3600)).await.expect("steps");
        for (command, platform, _) in &sent {
            let commands = client.device_commands(enrolled(platform).id.0).await.expect("a history");
            let record = commands.iter().find(|record| Command::known(&record.command) == Some(*command));
            let record = record.expect("is still there");
            assert!(record.finished_at.is_some(), "{}: {record:?}", client.dialect());
        }
    }
}

/// A call for a list succeeds as a whole also when it refuses the one device that is in it.
#[tokio::test]
async fn what_the_answer_says_against_the_device_is_a_refusal() {
    let stage = Stage::set().await;
    let [_, (published, writer)] = &stage.dialects[..] else { unreachable!() };
    let devices = published.devices(&DeviceFilter::default()).await.expect("a list");
    let phone = devices.iter().find(|device| device.platform == Platform::Apple).expect("a phone");
    for command in [Command::WakeUp, Command::ChangeToSingleUser] {
        let error = writer.command(phone.id.0, command, &Map::new()).await.expect_err("no phone does that");
        assert_eq!(error.kind(), Kind::Invalid, "{error}");
        assert!(error.to_string().starts_with("the tenant refused the device: "), "{error}");
    }
}

#[tokio::test]
async fn tags_are_replaced() {
    let stage = Stage::set().await;
    for (client, writer) in &stage.dialects {
        let id = client.device_page(&DeviceFilter::default(), 1).await.expect("a page").0[0].id.0;
        let mut fresh = format!("Fresh in {}", client.dialect());
        for wanted in [vec!["VIP", "Pilot"], vec!["Pilot", &fresh], vec![&fresh, "Loaner", "Loaner"], vec![]] {
            let wanted: Vec<String> = wanted.into_iter().map(str::to_owned).collect();
            let device = client.device(id).await.expect("a device");
            writer.set_tags(&device, &wanted).await.expect("tags");
            let mut tags = client.device(id).await.expect("a device").tags.expect("tags");
            let mut wanted = wanted;
            for list in [&mut tags, &mut wanted] {
                list.sort();
                list.dedup();
            }
            assert_eq!(tags, wanted, "{}", client.dialect());
        }
        fresh.clear();
        // A list does not say which tags a device has.
        let device = client.device_page(&DeviceFilter::default(), 1).await.expect("a page").0.remove(0);
        if client.dialect() == Dialect::Published {
            let error = writer.set_tags(&device, &[]).await.expect_err("not known");
            assert_eq!(error.kind(), Kind::Invalid);
        }
    }
}

#[tokio::test]
async fn a_user_is_made_changed_and_put_into_a_group() {
    let stage = Stage::set().await;
    for (client, writer) in &stage.dialects {
        let name = format!("ada.{}", client.dialect());
        let new = UserEdit {
            user_name: name.clone(),
            password: Some("c0rrect-horse".to_owned()),
            first_name: Some("Ada".to_owned()),
            last_name: Some("Byron".to_owned()),
            email: Some("ada@example.com".to_owned()),
            title: Some("Countess".to_owned()),
            ..UserEdit::default()
        };
        let id = writer.create_user(&new).await.expect("made");
        let user = client.user_by_name(&name).await.expect("an answer").expect("a user");
        assert_eq!((user.id.0, user.status, user.title.as_str()), (id, true, "Countess"));
        let error = writer.create_user(&new).await.expect_err("the name is taken");
        assert_eq!(error.kind(), Kind::Invalid, "{error}");

        let edit = UserEdit { last_name: Some("Lovelace".to_owned()), status: Some(false), ..UserEdit::default() };
        writer.update_user(&user, &edit).await.expect("changed");
        let changed = client.user_by_name(&name).await.expect("an answer").expect("a user");
        assert_eq!((changed.last_name.as_str(), changed.status), ("Lovelace", false));
        assert_eq!((&changed.first_name, &changed.title, &changed.email), (&user.first_name, &user.title, &user.email));
        // Against what was read before: inactive already, which is no error.
        writer.update_user(&user, &edit).await.expect("nothing to do");
        writer.update_user(&changed, &UserEdit { status: Some(true), ..UserEdit::default() }).await.expect("changed");
        assert!(client.user_by_name(&name).await.expect("an answer").expect("a user").status);

        let group = client.user_groups(None).await.expect("a list").remove(0);
        for _ in 0..2 {
            writer.add_to_user_group(group.id, id).await.expect("put in");
        }
        let members = client.user_group_members(group.id).await.expect("members");
        assert_eq!(members.iter().filter(|member| **member == name).count(), 1);
    }
}

#[tokio::test]
async fn an_app_is_assigned_published_and_installed_again() {
    let stage = Stage::set().await;
    let groups = stage.clients()[0].smart_groups(Some("All Windows Devices")).await.expect("a list");
    let names = ["7-Zip", "Notepad++"];
    for ((client, writer), name) in stage.dialects.iter().zip(names) {
        let app = client.apps(Some(name)).await.expect("a list").remove(0);
        let receipt = writer.assign_app(&app, &[groups[0].id], &Default::default()).await.expect("assigned");
        assert_eq!(client.app_assignments(&app).await.expect("a list"), [groups[0].id]);
        let hour = Duration::from_secs(3600);
        for _ in 0..30 {
            stage.uem.step(hour).await.expect("steps");
        }
        if let Some(operation) = receipt.command_id {
            let seen = std::sync::Mutex::new(0);
            let every = Duration::from_millis(10);
            let on_state = |_: &_| *seen.lock().expect("not poisoned") += 1;
            let state = client.wait_operation(&operation, hour, every, &on_state).await.expect("ends");
            assert_eq!((state.status, *seen.lock().expect("not poisoned")), (OperationStatus::Completed, 1));
        }
        let rows = client.app_devices(&app).await.expect("a list");
        assert_eq!(rows.len() as u64, groups[0].devices, "{}", client.dialect());
        assert!(rows.iter().any(|row| row.status == InstallStatus::Installed && !row.version.is_empty()));
        let row = rows.iter().find(|row| row.status != InstallStatus::Installed).unwrap_or(&rows[0]);
        let again = writer.install_app(row.device_id, &app).await;
        match again {
            Ok(_) => {
                let newest = client.device_commands(row.device_id).await.expect("a history").remove(0);
                assert_eq!((newest.command.as_str(), newest.application_id), ("InstallApplication", Some(app.id.0.0)));
            }
            // That device left meanwhile.
            Err(error) => assert_eq!(error.kind(), Kind::Invalid, "{error}"),
        }
        let parameters = Map::from_iter([("ApplicationId".to_owned(), json!(app.id.0.0))]);
        let receipt = writer.command(rows[1].device_id, Command::InstallApplication, &parameters).await;
        assert!(receipt.is_ok() || receipt.is_err_and(|error| error.kind() == Kind::Invalid));
    }
}
