//! What a platform does not have, and what cannot succeed by what was read.

use super::*;

#[test]
fn a_command_that_a_platform_does_not_have_is_skipped_even_if_it_would_be_held() {
    let rotate = |platform| {
        let action = Action::SendCommand { command: Command::RotateFileVaultKey, parameters: Map::new() };
        DraftItem::new(device(1, platform), action, "a test")
    };
    for (platform, verdict) in [
        (Platform::AppleOsX, Verdict::Allow),
        (Platform::WinRt, Verdict::Skip),
        (Platform::Other("Haiku".to_owned()), Verdict::Allow),
    ] {
        assert_eq!(verdicts(&judged(Selection::Listed, vec![rotate(platform)])), [verdict]);
    }
}

#[test]
fn the_tables_of_commands_and_verbs_say_which_platform_has_what() {
    let command = |command| Action::SendCommand { command, parameters: Map::new() };
    let update = Action::UpdateOs { version: "18.0".to_owned(), action: "Default".to_owned() };
    for (action, platform, verdict) in [
        (command(Command::ClearPasscode), Platform::AppleOsX, Verdict::Skip),
        (command(Command::ClearPasscode), Platform::Android, Verdict::Allow),
        (command(Command::Shutdown), Platform::Android, Verdict::Skip),
        (command(Command::SyncDevice), Platform::Linux, Verdict::Allow),
        (command(Command::ClearPasscode), Platform::Other("Haiku".to_owned()), Verdict::Allow),
        // The command is known on Android, the verb that names a version is not.
        (command(Command::InstallOsUpdate), Platform::Android, Verdict::Allow),
        (update.clone(), Platform::Android, Verdict::Skip),
        (update, Platform::Apple, Verdict::Allow),
    ] {
        let item = DraftItem::new(device(1, platform.clone()), action.clone(), "a test");
        let said = judged_by(&open_policy(), Selection::Listed, vec![item]);
        assert_eq!(verdicts(&said), [verdict], "{action:?} on {platform}");
    }
    let item = DraftItem::new(device(1, Platform::Android), command(Command::Shutdown), "a test");
    let said = judged(Selection::Listed, vec![item]);
    assert_eq!(said.items[0].explain(), "Android has no Shutdown: it is for Apple, AppleOsX, WinRT, Linux");
}

#[test]
fn what_cannot_succeed_by_what_was_read_is_not_put_before_an_approver() {
    let delete = |enrollment: &str| DraftItem {
        before: Some(serde_json::json!({ "enrollment": enrollment })),
        ..DraftItem::new(device(1, Platform::Apple), Action::DeleteDevice, "a test")
    };
    let named = judged(Selection::Listed, vec![delete("Enrolled")]);
    assert_eq!(verdicts(&named), [Verdict::Hold]);
    assert!(named.plan.explain().contains("S1 is enrolled; wipe or unenrol it first"), "{}", named.plan.explain());
    let pending = judged_by(&open_policy(), Selection::Listed, vec![delete("EnterpriseWipePending")]);
    assert_eq!(verdicts(&pending), [Verdict::Hold]);
    for out in ["Unenrolled", "Retired"] {
        assert!(!judged(Selection::Listed, vec![delete(out)]).plan.explain().contains("unenrol it first"), "{out}");
    }
    let unread = DraftItem::new(device(1, Platform::Apple), Action::DeleteDevice, "a test");
    assert_eq!(verdicts(&judged(Selection::Listed, vec![unread])), [Verdict::Hold], "not known is looked at again");

    let install = |before: serde_json::Value| DraftItem {
        before: Some(before),
        ..DraftItem::new(
            device(1, Platform::Apple),
            Action::InstallApp { app: muster_model::ids::AppId(7), app_uuid: None, app_name: "Maps".to_owned() },
            "a test",
        )
    };
    let unassigned = judged(Selection::Listed, vec![install(serde_json::json!({ "assigned": false }))]);
    assert_eq!(verdicts(&unassigned), [Verdict::Skip]);
    let why = unassigned.items[0].explain();
    assert!(why.starts_with("Maps is not assigned to S1"), "{why}");
    for before in [serde_json::json!({ "assigned": true }), serde_json::json!({})] {
        assert_eq!(verdicts(&judged(Selection::Listed, vec![install(before)])), [Verdict::Allow]);
    }
}
