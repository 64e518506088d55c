//! Table tests: what each rule says to a small draft.

mod fitting;

use std::collections::BTreeMap;

use muster_model::commands::Command;
use muster_model::ids::{DeviceId, UserGroupId};
use muster_model::users::UserEdit;
use muster_model::words::Platform;
use serde_json::Map;

use super::pages::{Judged, in_pages};
use super::policy::{Always, Cap, CountChange, Denominator, Freshness, Per, Protected, Span};
use super::*;
use crate::plan::{Action, DeviceTarget, Draft, OrganizationGroup, Password, Sent, WipeProtection};

fn device(id: i64, platform: Platform) -> Target {
    Target::Device(DeviceTarget {
        id: DeviceId(id),
        serial: format!("S{id}"),
        name: format!("device {id}"),
        platform,
        last_seen: Some(now()),
        ..DeviceTarget::default()
    })
}

fn now() -> Timestamp {
    "2026-11-25T12:00:00Z".parse().expect("a time")
}

fn send(id: i64, command: Command) -> DraftItem {
    DraftItem::new(device(id, Platform::Apple), Action::SendCommand { command, parameters: Map::new() }, "a test")
}

fn draft(selection: Selection, items: Vec<DraftItem>) -> Draft {
    Draft { purpose: "a test".to_owned(), selection, items }
}

fn filter(everything: bool, bound: Option<u64>) -> Selection {
    Selection::Filter { text: "platform=Apple".to_owned(), everything, bound, query: None }
}

fn judged(selection: Selection, items: Vec<DraftItem>) -> Judged {
    judged_by(&GuardPolicy::default(), selection, items)
}

fn judged_by(policy: &GuardPolicy, selection: Selection, items: Vec<DraftItem>) -> Judged {
    judged_with(policy, &Surroundings::default(), &History::default(), selection, items)
}

fn judged_with(
    policy: &GuardPolicy,
    surroundings: &Surroundings,
    history: &History,
    selection: Selection,
    items: Vec<DraftItem>,
) -> Judged {
    judged_in(None, policy, surroundings, history, &draft(selection, items))
}

fn judged_in(
    context: Option<&str>,
    policy: &GuardPolicy,
    surroundings: &Surroundings,
    history: &History,
    draft: &Draft,
) -> Judged {
    let by_pages = |size: usize| {
        let judged = in_pages(context, policy, surroundings, history, draft, Survey::default(), (size, now()));
        if !judged.again {
            return judged;
        }
        let judged = in_pages(context, policy, surroundings, history, draft, judged.survey, (size, now()));
        assert!(!judged.again, "what is asked again is told at once");
        judged
    };
    let whole = by_pages(draft.items.len().max(1));
    // Of what is there twice in different pages the journal tells.
    if whole.items.iter().flat_map(|item| &item.reasons).all(|reason| reason.rule != "duplicate") {
        for size in [1, 3] {
            assert_eq!(by_pages(size).sorted(), whole.clone().sorted(), "in pages of {size}");
        }
    }
    whole
}

fn verdicts(judgement: &Judged) -> Vec<Verdict> {
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
        let platform = command.platforms().first().cloned().unwrap_or(Platform::Apple);
        let action = Action::SendCommand { command, parameters: Map::new() };
        let first = DraftItem::new(device(1, platform), action, "a test");
        let judgement = judged(Selection::Listed, vec![first, send(2, Command::SyncDevice)]);
        assert_eq!(verdicts(&judgement), [Verdict::Hold, Verdict::Allow], "{command}");
        assert_eq!(judgement.plan.verdict, Verdict::Hold);
        assert!(judgement.plan.explain().contains("muster approve"), "{}", judgement.plan.explain());
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

/// A policy that lets everything through but what a test is about.
fn open_policy() -> GuardPolicy {
    GuardPolicy {
        irreversible: policy::Irreversible { approval: Always::BeyondLimits, on_query: 1000 },
        freshness: Freshness { irreversible_hours: 0, disruptive_hours: 0, read_minutes: 0 },
        change: CountChange { percent: 0.0, targets: 0, at_least: 0 },
        caps: Vec::new(),
        protected: Vec::new(),
        ..GuardPolicy::default()
    }
}

fn in_group(id: i64, group: i64, command: Command) -> DraftItem {
    let mut item = send(id, command);
    if let Target::Device(device) = &mut item.target {
        device.organization_group = Some(OrganizationGroup { id: group, name: format!("G{group}") });
    }
    item
}

fn sent(id: i64, group: i64, command: Command, ago: jiff::SignedDuration) -> Sent {
    let item = in_group(id, group, command);
    Sent {
        at: now() - ago,
        target: item.target.key(),
        group: item.target.organization_group().cloned(),
        word: item.action.word().to_owned(),
        verb: item.action.verb(),
        risk: item.action.risk(),
        reach: 1,
    }
}

fn cap(targets: Option<u64>, percent: Option<f64>, per: Per) -> Cap {
    Cap { targets, percent, ..Cap::of_risk(Risk::Disruptive, per, Span::minutes(60)) }
}

use Verdict::{Allow, Hold, Refuse, Skip};

#[test]
fn a_cap_lets_through_exactly_its_number_and_counts_what_was_sent_within_its_window() {
    let minutes = jiff::SignedDuration::from_mins;
    let before = [sent(8, 1, Command::SoftReset, minutes(59)), sent(9, 1, Command::SoftReset, minutes(61))];
    let harmless = sent(7, 1, Command::SyncDevice, minutes(1));
    let again = sent(1, 1, Command::Shutdown, minutes(5));
    let table: [(&str, u64, Vec<Sent>, [Verdict; 3]); 6] = [
        ("reaches", 3, vec![], [Allow, Allow, Allow]),
        ("exceeds", 2, vec![], [Allow, Allow, Hold]),
        ("none", 0, vec![], [Hold, Hold, Hold]),
        (
            "what was sent within the window counts, what was sent before does not",
            2,
            before.to_vec(),
            [Allow, Hold, Hold],
        ),
        ("what is of another class does not count", 3, vec![harmless], [Allow, Allow, Allow]),
        ("a target counts once, whatever it was sent", 3, vec![again], [Allow, Allow, Allow]),
    ];
    for (name, limit, history, wanted) in table {
        let policy = GuardPolicy { caps: vec![cap(Some(limit), None, Per::Tenant)], ..open_policy() };
        let items = (1..4).map(|id| in_group(id, 1, Command::SoftReset)).collect();
        let history = History { sent: history, last: None };
        let judgement = judged_with(&policy, &Surroundings::default(), &history, Selection::Listed, items);
        assert_eq!(verdicts(&judgement), wanted, "{name}");
    }
}

#[test]
fn a_cap_by_share_names_its_denominator_and_holds_each_group_for_itself() {
    let surroundings =
        Surroundings { devices: Some(1000), groups: BTreeMap::from([(1, 20), (2, 200)]), ..Surroundings::default() };
    // Group 1 has 20 devices (10 % are 2), group 2 has 200 (20), group 3 is not known (the least: 1).
    let items = || {
        let of = |group: i64, first: i64, count: i64| {
            (first..first + count).map(move |id| in_group(id, group, Command::SoftReset))
        };
        of(1, 0, 3).chain(of(2, 100, 3)).chain(of(3, 200, 2)).collect::<Vec<_>>()
    };
    let judged = |cap: Cap| {
        let policy = GuardPolicy { caps: vec![cap], ..open_policy() };
        judged_with(&policy, &surroundings, &History::default(), Selection::Listed, items())
    };
    let by_group = judged(cap(None, Some(10.0), Per::Group));
    assert_eq!(verdicts(&by_group), [Allow, Allow, Hold, Allow, Allow, Allow, Allow, Hold]);
    let why = by_group.items[2].explain();
    assert!(why.contains("capped at 2 (10 % of the 20 devices of the organization group, at least 1)"), "{why}");
    assert!(by_group.items[7].explain().contains("is not known"), "{}", by_group.items[7].explain());

    let of_tenant = judged(Cap { of: Some(Denominator::Tenant), ..cap(None, Some(0.2), Per::Group) });
    assert_eq!(verdicts(&of_tenant), [Allow, Allow, Hold, Allow, Allow, Hold, Allow, Allow]);
    let both = judged(cap(Some(1), Some(10.0), Per::Group));
    assert_eq!(verdicts(&both), [Allow, Hold, Hold, Allow, Hold, Hold, Allow, Hold], "the smaller of both");
    let all_failed = judged(Cap { at_least: 0, ..cap(None, Some(0.0), Per::Tenant) });
    assert!(verdicts(&all_failed).iter().all(|verdict| *verdict == Hold));
    let one_group = judged(Cap { groups: vec!["g2".to_owned(), "3".to_owned()], ..cap(Some(1), None, Per::Group) });
    assert_eq!(verdicts(&one_group), [Allow, Allow, Allow, Allow, Hold, Hold, Allow, Hold]);
}

#[test]
fn a_cap_may_name_actions_and_may_refuse() {
    let cap = Cap {
        actions: vec!["retag".to_owned(), "syncdevice".to_owned()],
        risk: None,
        then: Refuse,
        ..cap(Some(1), None, Per::Tenant)
    };
    let policy = GuardPolicy { caps: vec![cap], ..open_policy() };
    let retag = Action::Retag { add: vec!["Pilot".to_owned()], remove: Vec::new() };
    let items = vec![
        send(1, Command::SyncDevice),
        DraftItem::new(device(2, Platform::Apple), retag, "a test"),
        send(3, Command::SoftReset),
    ];
    let judgement = judged_by(&policy, Selection::Listed, items);
    assert_eq!(verdicts(&judgement), [Allow, Refuse, Allow]);
    assert_eq!(judgement.plan.verdict, Refuse);
}

#[test]
fn of_irreversible_actions_on_targets_that_nobody_named_one_goes_through() {
    let policy = GuardPolicy {
        irreversible: policy::Irreversible { approval: Always::BeyondLimits, on_query: 1 },
        ..open_policy()
    };
    let decided = Selection::Decided { by: "compliance".to_owned() };
    for (selection, wanted) in [
        (filter(false, None), [Allow, Allow, Hold, Hold]),
        (decided, [Allow, Allow, Hold, Hold]),
        (Selection::Listed, [Allow, Allow, Allow, Allow]),
    ] {
        let items = vec![
            send(1, Command::SyncDevice),
            send(2, Command::DeviceWipe),
            send(3, Command::EnterpriseWipe),
            send(4, Command::DeviceWipe),
        ];
        let judgement = judged_by(&policy, selection, items);
        assert_eq!(verdicts(&judgement), wanted);
    }
}

#[test]
fn a_protected_target_is_left_out_where_it_was_found_and_refuses_the_plan_where_it_was_named() {
    let mut vip = send(1, Command::SoftReset);
    let Target::Device(device) = &mut vip.target else { panic!("it is a device") };
    device.user = "Grace".to_owned();
    device.ownership = "E".to_owned();
    device.tags = Some(vec!["Kiosk".to_owned()]);
    device.organization_group = Some(OrganizationGroup { id: 7, name: "Board".to_owned() });
    let text = |text: &str| vec![text.to_owned()];
    let name = || "vip".to_owned();
    let sets = [
        Protected { ids: vec![1], name: name(), ..Protected::default() },
        Protected { serials: text("s1"), name: name(), ..Protected::default() },
        Protected { users: text("grace"), name: name(), ..Protected::default() },
        Protected { tags: text("kiosk"), name: name(), ..Protected::default() },
        Protected { organization_groups: text("board"), name: name(), ..Protected::default() },
        Protected { organization_groups: text("7"), name: name(), ..Protected::default() },
        Protected { ownership: text("E"), name: name(), ..Protected::default() },
        Protected { platforms: text("apple"), name: name(), ..Protected::default() },
    ];
    for set in sets {
        let known = Surroundings { members: BTreeMap::from([(name(), Vec::new())]), ..Surroundings::default() };
        let judged = |selection, set: Protected| {
            let policy = GuardPolicy { protected: vec![set], ..open_policy() };
            judged_with(&policy, &known, &History::default(), selection, vec![vip.clone()]).items[0].clone()
        };
        assert_eq!(judged(filter(false, None), set.clone()).verdict, Skip, "{set:?}");
        let named = judged(Selection::Listed, set.clone());
        assert_eq!(named.verdict, Refuse, "{set:?}");
        assert!(named.explain().starts_with("S1 is protected against SoftReset: vip ("), "{}", named.explain());
        let held = judged(Selection::Listed, Protected { then: Some(Hold), ..set.clone() });
        assert_eq!(held.verdict, Hold);
        // Protected against what is worse, or against something else.
        let worse = judged(Selection::Listed, Protected { from: Some(Risk::Irreversible), ..set.clone() });
        assert_eq!(worse.verdict, Allow);
        let other = judged(Selection::Listed, Protected { actions: text("DeviceWipe"), ..set });
        assert_eq!(other.verdict, Allow);
    }
}

#[test]
fn who_is_in_a_protected_set_by_a_smart_group_is_asked_and_held_where_it_is_not_known() {
    let set = Protected { name: "board".to_owned(), smart_groups: vec!["Board".to_owned()], ..Protected::default() };
    let policy = GuardPolicy { protected: vec![set], ..open_policy() };
    let items = || vec![send(1, Command::SoftReset), send(2, Command::SoftReset)];
    let judged = |members: BTreeMap<String, Vec<i64>>| {
        let known = Surroundings { members, ..Surroundings::default() };
        verdicts(&judged_with(&policy, &known, &History::default(), filter(false, None), items()))
    };
    assert_eq!(judged(BTreeMap::from([("board".to_owned(), vec![2])])), [Allow, Skip]);
    assert_eq!(judged(BTreeMap::new()), [Hold, Hold]);
}

#[test]
fn a_silent_device_is_not_wiped_and_old_data_changes_nothing() {
    let policy = GuardPolicy {
        freshness: Freshness { irreversible_hours: 24, disruptive_hours: 48, read_minutes: 60 },
        ..open_policy()
    };
    let hours = |hours: i64| Some(now() - jiff::SignedDuration::from_hours(hours));
    for (command, seen, wanted) in [
        (Command::DeviceWipe, hours(24), Allow),
        (Command::DeviceWipe, hours(25), Hold),
        (Command::DeviceWipe, None, Hold),
        (Command::SoftReset, hours(48), Allow),
        (Command::SoftReset, hours(49), Hold),
        (Command::SyncDevice, None, Allow),
    ] {
        let mut item = send(1, command);
        let Target::Device(device) = &mut item.target else { panic!("it is a device") };
        device.last_seen = seen;
        assert_eq!(verdicts(&judged_by(&policy, Selection::Listed, vec![item])), [wanted], "{command} {seen:?}");
    }
    for (minutes, wanted) in [(60, Allow), (61, Hold)] {
        let known =
            Surroundings { read_at: Some(now() - jiff::SignedDuration::from_mins(minutes)), ..Surroundings::default() };
        let items = vec![send(1, Command::SyncDevice)];
        let judgement = judged_with(&policy, &known, &History::default(), Selection::Listed, items);
        assert_eq!(verdicts(&judgement), [wanted]);
    }
}

#[test]
fn a_selection_that_finds_far_more_or_fewer_targets_than_the_last_time_is_held() {
    let change = CountChange { percent: 5.0, targets: 50, at_least: 10 };
    let policy = GuardPolicy { change, ..open_policy() };
    let table = [
        (filter(false, None), Command::SyncDevice, 200, 200, Allow),
        (filter(false, None), Command::SyncDevice, 200, 210, Allow),
        (filter(false, None), Command::SyncDevice, 200, 211, Hold),
        (filter(false, None), Command::SyncDevice, 200, 189, Hold),
        // A few devices more or fewer are nothing, whatever their share.
        (filter(false, None), Command::SyncDevice, 20, 29, Allow),
        (filter(false, None), Command::SyncDevice, 20, 30, Hold),
        (filter(false, None), Command::SyncDevice, 0, 30, Hold),
        // By number it counts for what is felt only.
        (filter(false, None), Command::SyncDevice, 2000, 2051, Allow),
        (filter(false, None), Command::SoftReset, 2000, 2050, Allow),
        (filter(false, None), Command::SoftReset, 2000, 2051, Hold),
        (Selection::Listed, Command::SoftReset, 200, 2, Allow),
    ];
    for (selection, command, last, count, wanted) in table {
        let history = History { sent: Vec::new(), last: Some((last, now())) };
        let items = (0..count).map(|id| send(id, command)).collect();
        let judgement = judged_with(&policy, &Surroundings::default(), &history, selection.clone(), items);
        assert_eq!(judgement.plan.verdict, wanted, "{selection:?} {command} {last} {count}");
    }
}

#[test]
fn freezes_hold_and_windows_open() {
    let json = |value| serde_json::from_value(value).expect("a policy");
    let freezes = |risk: &str, from: &str, until: &str| -> GuardPolicy {
        let freeze = serde_json::json!({"name": "launch", "from": from, "until": until, "time_zone": "Asia/Tokyo",
            "risk": risk});
        GuardPolicy { freezes: vec![json(freeze)], ..open_policy() }
    };
    // It is 21:00 in Tokyo, and a Wednesday.
    let items = || vec![in_group(1, 1, Command::SyncDevice), in_group(2, 2, Command::SoftReset)];
    for (policy, wanted) in [
        (freezes("reversible", "2026-11-25T20:00", "2026-11-25T22:00"), [Hold, Hold]),
        (freezes("disruptive", "2026-11-25T20:00", "2026-11-25T22:00"), [Allow, Hold]),
        (freezes("disruptive", "2026-11-25T20:00", "2026-11-25T21:00"), [Allow, Allow]),
        (freezes("disruptive", "2026-11-25T11:00", "2026-11-25T13:00"), [Allow, Allow]),
    ] {
        assert_eq!(verdicts(&judged_by(&policy, Selection::Listed, items())), wanted, "{:?}", policy.freezes);
    }
    let window = |day: &str, from: &str, until: &str, groups: &[&str]| -> policy::MaintenanceWindow {
        serde_json::from_value(serde_json::json!({"name": from, "days": [day], "from": from, "until": until,
            "time_zone": "Asia/Tokyo", "groups": groups}))
        .expect("a window")
    };
    for (windows, wanted) in [
        (vec![window("wed", "20:00", "22:00", &[])], [Allow, Allow]),
        (vec![window("wed", "22:00", "23:00", &[])], [Allow, Hold]),
        (vec![window("thu", "20:00", "22:00", &[])], [Allow, Hold]),
        (vec![window("tue", "22:00", "21:30", &[])], [Allow, Allow]),
        // One window that is open is enough; one for others says nothing.
        (vec![window("wed", "22:00", "23:00", &[]), window("wed", "20:00", "22:00", &["G2"])], [Allow, Allow]),
        (vec![window("wed", "22:00", "23:00", &["G1"])], [Allow, Allow]),
    ] {
        let policy = GuardPolicy { windows: windows.clone(), ..open_policy() };
        let judgement = judged_by(&policy, Selection::Listed, items());
        assert_eq!(verdicts(&judgement), wanted, "{windows:?}");
    }
    let policy = GuardPolicy { windows: vec![window("wed", "22:00", "23:00", &[])], ..open_policy() };
    let why = judged_by(&policy, Selection::Listed, items()).items[1].explain();
    assert!(why.contains("is closed and opens 2026-11-25 13:00 UTC"), "{why}");
    let nowhere = policy::MaintenanceWindow { time_zone: "Mars/Olympus".to_owned(), ..policy.windows[0].clone() };
    let policy = GuardPolicy { windows: vec![nowhere], ..open_policy() };
    assert_eq!(
        verdicts(&judged_by(&policy, Selection::Listed, items())),
        [Allow, Hold],
        "what cannot be told is closed"
    );
}

#[test]
fn a_context_that_is_only_read_refuses_every_change() {
    for (named, context, wanted) in [
        ("production", Some("production"), Refuse),
        ("production", Some("staging"), Allow),
        ("production", None, Allow),
        ("https://UEM.example/", None, Refuse),
    ] {
        let policy = GuardPolicy { read_only: vec![named.to_owned()], ..open_policy() };
        let wanted_change = draft(Selection::Listed, vec![send(1, Command::SyncDevice)]);
        let judgement = judged_in(context, &policy, &Surroundings::default(), &History::default(), &wanted_change);
        assert_eq!(judgement.plan.verdict, wanted, "{named} {context:?}");
    }
    let policy = GuardPolicy { read_only: vec!["https://uem.example".to_owned()], ..open_policy() };
    let mut nothing = send(1, Command::SyncDevice);
    nothing.nothing_to_do = Some("just synced".to_owned());
    assert_eq!(judged_by(&policy, Selection::Listed, vec![nothing]).plan.verdict, Skip);
}

#[test]
fn what_the_tenant_itself_would_hold_back_is_held_here() {
    let known = |locked| Surroundings {
        wipe_protection: Some(WipeProtection { wipes: Some(2), minutes: Some(20), locked }),
        ..Surroundings::default()
    };
    let items = || (1..5).map(|id| send(id, if id == 1 { Command::SyncDevice } else { Command::DeviceWipe })).collect();
    let judged =
        |known: &Surroundings| judged_with(&open_policy(), known, &History::default(), Selection::Listed, items());
    assert_eq!(verdicts(&judged(&known(false))), [Allow, Allow, Allow, Hold]);
    assert_eq!(verdicts(&judged(&known(true))), [Allow, Hold, Hold, Hold]);
    let unknown = judged(&Surroundings::default());
    assert_eq!(verdicts(&unknown), [Allow, Allow, Allow, Allow]);
    let said = unknown.rules.iter().find(|rule| rule.rule == "tenant-limits").expect("the rule");
    assert!(said.weighed[0].contains("could not be read"), "{said:?}");
}

#[test]
fn by_default_ten_wipes_and_a_tenth_of_a_group_go_no_further() {
    let wipes = (0..12).map(|id| send(id, Command::DeviceWipe)).collect();
    let judgement = judged(Selection::Listed, wipes);
    let capped = |decision: &Decision| decision.reasons.iter().any(|reason| reason.rule == "cap");
    assert!(judgement.items.iter().all(|item| item.verdict == Hold && item.reasons[0].rule == "destructive"));
    assert!(!capped(&judgement.items[0]) && capped(&judgement.items[10]));
    let surroundings = Surroundings { groups: BTreeMap::from([(1, 200)]), ..Surroundings::default() };
    let items = (0..21).map(|id| in_group(id, 1, Command::SoftReset)).collect();
    let policy = GuardPolicy::default();
    let judgement = judged_with(&policy, &surroundings, &History::default(), Selection::Listed, items);
    assert_eq!((judgement.items[19].verdict, judgement.items[20].verdict), (Allow, Hold));
    assert_eq!(policy.faults(), []);
}

#[test]
fn every_rule_says_what_it_is_for_and_what_it_weighed() {
    let judgement = judged(Selection::Listed, vec![send(1, Command::DeviceWipe), send(2, Command::SyncDevice)]);
    let names: Vec<&str> = judgement.rules.iter().map(|rule| rule.rule).collect();
    assert_eq!(names, RULES.iter().map(|rule| rule.name).collect::<Vec<_>>());
    let destructive = &judgement.rules[names.iter().position(|name| *name == "destructive").expect("is there")];
    assert_eq!((destructive.verdict, destructive.items), (Hold, 1));
    assert!(judgement.rules.iter().all(|rule| !rule.about.is_empty()));
}

#[test]
fn a_policy_that_cannot_be_meant_says_where() {
    let policy: GuardPolicy = serde_json::from_value(serde_json::json!({
        "plan_hours": 0,
        "caps": [{"window": "1h"}, {"actions": ["DeviceWype"], "targets": 1, "window": "1h", "then": "skip"}],
        "protected": [{"name": ""}],
        "freezes": [{"name": "f", "from": "2026-01-02T00:00", "until": "2026-01-01T00:00", "time_zone": "No/Where"}],
    }))
    .expect("reads");
    let faults = policy.faults();
    let places: Vec<&str> = faults.iter().map(|fault| fault.place.as_str()).collect();
    assert_eq!(
        places,
        [
            "plan_hours",
            "caps[0]",
            "caps[0]",
            "caps[1].then",
            "protected[0].name",
            "protected[0]",
            "freezes[0].time_zone",
            "freezes[0]",
            "caps[1].actions",
        ]
    );
    let (word, known) = faults[8].unknown.as_ref().expect("a word that is not known");
    assert!(
        word == "DeviceWype"
            && known.iter().any(|word| word == "DeviceWipe")
            && known.iter().any(|word| word == "Retag")
    );
    assert!(serde_json::from_value::<GuardPolicy>(serde_json::json!({"caps": [{"window": "soon"}]})).is_err());
}

#[test]
fn a_cap_of_groups_says_of_users_what_makes_sense() {
    let user =
        |name: &str| DraftItem::new(Target::User { name: name.to_owned(), id: None }, Action::DeleteUser, "a test");
    let policy = GuardPolicy {
        caps: vec![Cap { percent: Some(1.0), ..Cap::of_risk(Risk::Irreversible, Per::Group, Span::minutes(24 * 60)) }],
        ..GuardPolicy::default()
    };
    let judged = judged_by(&policy, Selection::Listed, vec![user("ada"), user("grace")]);
    let text = judged.items[1].reasons.iter().find(|reason| reason.rule == "cap").map(|reason| reason.text.as_str());
    let text = text.expect("one is enough");
    assert!(text.contains("of users, apps and whatever else is in no organization group are capped at 1"), "{text}");
    assert!(!text.contains("how many devices"), "{text}");
}
