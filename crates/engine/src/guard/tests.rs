//! Table tests: what each rule says to a small draft.

use muster_model::commands::Command;
use muster_model::ids::{DeviceId, UserGroupId};
use muster_model::users::UserEdit;
use muster_model::words::Platform;
use serde_json::Map;

use super::*;
use crate::plan::{Action, DeviceTarget, Password, Selection, Target};

fn device(id: i64, platform: Platform) -> Target {
    Target::Device(DeviceTarget {
        id: DeviceId(id),
        uuid: None,
        serial: format!("S{id}"),
        name: format!("device {id}"),
        platform,
        user: String::new(),
        last_seen: None,
    })
}

fn send(id: i64, command: Command) -> DraftItem {
    DraftItem::new(device(id, Platform::Apple), Action::SendCommand { command, parameters: Map::new() }, "a test")
}

fn draft(selection: Selection, items: Vec<DraftItem>) -> Draft {
    Draft { purpose: "a test".to_owned(), selection, items }
}

fn filter(everything: bool, bound: Option<u64>) -> Selection {
    Selection::Filter { text: "platform=Apple".to_owned(), everything, bound }
}

fn judged(selection: Selection, items: Vec<DraftItem>) -> Judgement {
    let policy = GuardPolicy { disruptive_targets: 2, ..GuardPolicy::default() };
    judge(&draft(selection, items), &policy)
}

fn verdicts(judgement: &Judgement) -> Vec<Verdict> {
    judgement.items.iter().map(|item| item.verdict).collect()
}

#[test]
fn harmless_commands_to_named_devices_go_through() {
    let judgement = judged(Selection::Listed, vec![send(1, Command::SyncDevice), send(2, Command::SyncDevice)]);
    assert_eq!(judgement.plan, Decision::default());
    assert_eq!(verdicts(&judgement), [Verdict::Allow, Verdict::Allow]);
}

#[test]
fn what_cannot_be_undone_is_held_and_says_how_to_approve_it_while_the_rest_goes_on() {
    for command in Command::all().filter(|command| command.effect() == muster_model::Effect::Destroy) {
        let judgement = judged(Selection::Listed, vec![send(1, command), send(2, Command::SyncDevice)]);
        assert_eq!(verdicts(&judgement), [Verdict::Hold, Verdict::Allow], "{command}");
        assert_eq!(judgement.plan.verdict, Verdict::Hold);
        assert!(judgement.plan.explain().contains("muster plan approve"), "{}", judgement.plan.explain());
    }
}

#[test]
fn an_everything_filter_needs_a_bound_that_holds() {
    let table = [
        (filter(true, None), Verdict::Refuse),
        (filter(true, Some(2)), Verdict::Allow),
        (filter(true, Some(1)), Verdict::Refuse),
        (filter(false, None), Verdict::Allow),
        (filter(false, Some(1)), Verdict::Refuse),
        (Selection::Listed, Verdict::Allow),
        (Selection::Decided { by: "compliance".to_owned() }, Verdict::Allow),
    ];
    for (selection, verdict) in table {
        let said = judged(selection.clone(), vec![send(1, Command::SyncDevice), send(2, Command::SyncDevice)]);
        assert_eq!(said.plan.verdict, verdict, "{selection:?}");
    }
}

#[test]
fn an_everything_filter_that_changes_nothing_is_not_refused() {
    let mut item = send(1, Command::SyncDevice);
    item.nothing_to_do = Some("just synced".to_owned());
    let judgement = judged(filter(true, None), vec![item]);
    assert_eq!(judgement.plan.verdict, Verdict::Skip);
    assert_eq!(judged(filter(true, None), Vec::new()).plan.verdict, Verdict::Skip);
}

#[test]
fn the_same_thing_twice_is_refused_and_two_things_are_not() {
    let twice = judged(Selection::Listed, vec![send(1, Command::Lock), send(2, Command::Lock), send(1, Command::Lock)]);
    assert_eq!(verdicts(&twice), [Verdict::Allow, Verdict::Allow, Verdict::Refuse]);
    assert_eq!(twice.plan.verdict, Verdict::Refuse);
    assert_eq!(twice.plan.explain(), "DeviceLock for S1 is in the plan twice (items 1 and 3)");
    let both = judged(Selection::Listed, vec![send(1, Command::Lock), send(1, Command::SyncDevice)]);
    assert_eq!(both.plan.verdict, Verdict::Allow);
}

#[test]
fn disruptive_commands_beyond_the_limit_are_held() {
    let commands = [Command::SoftReset, Command::SyncDevice, Command::Shutdown, Command::ClearPasscode];
    let items = commands.iter().enumerate().map(|(id, command)| send(id as i64, *command)).collect();
    let judgement = judged(Selection::Listed, items);
    assert_eq!(verdicts(&judgement), [Verdict::Allow, Verdict::Allow, Verdict::Allow, Verdict::Hold]);
    assert!(judgement.items[3].explain().starts_with("ClearPasscode beyond the first 2 disruptive commands"));
}

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
fn what_waits_shares_the_fate_of_what_it_waits_for() {
    let join = |after| DraftItem {
        after: Some(after),
        ..DraftItem::new(
            Target::User { name: "ada".to_owned(), id: None },
            Action::JoinUserGroup { group: UserGroupId(1), group_name: "IT".to_owned() },
            "a test",
        )
    };
    let create = DraftItem::new(
        Target::User { name: "ada".to_owned(), id: None },
        Action::CreateUser { user: UserEdit::default(), password: Password::Generated },
        "a test",
    );
    let exists = DraftItem { nothing_to_do: Some("exists already".to_owned()), ..create.clone() };
    assert_eq!(verdicts(&judged(Selection::Listed, vec![create, join(0)])), [Verdict::Allow, Verdict::Allow]);
    assert_eq!(verdicts(&judged(Selection::Listed, vec![exists, join(0)])), [Verdict::Skip, Verdict::Allow]);

    let then = DraftItem { after: Some(0), ..send(2, Command::SyncDevice) };
    let last = DraftItem { after: Some(1), ..send(3, Command::SyncDevice) };
    let held = judged(Selection::Listed, vec![send(1, Command::DeviceWipe), then.clone(), last.clone()]);
    assert_eq!(verdicts(&held), [Verdict::Hold, Verdict::Hold, Verdict::Hold]);
    let skipped = judged(Selection::Listed, vec![send(1, Command::RotateFileVaultKey), then, last]);
    assert_eq!(verdicts(&skipped), [Verdict::Skip, Verdict::Skip, Verdict::Skip]);
}
