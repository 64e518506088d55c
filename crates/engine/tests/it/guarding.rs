//! What the guard knows beside the draft: what the journal sent, what the tenant says, and what a plan was when it left.

use std::collections::HashMap;
use std::time::Duration;

use muster_client::{Arguments, Dialect, catalog};
use muster_engine::guard::policy::{Cap, Per, Span};
use muster_engine::plan::drift::drift;
use muster_engine::{
    Action, Draft, DraftItem, Engine, Error, GuardPolicy, JobOptions, Kind, Plan, Rings, Risk, Selection, Target,
    TaskState, Verdict,
};
use muster_model::commands::Command;
use muster_model::words::{EnrollmentStatus, Platform};
use std::sync::Arc;

use crate::world::{TENANT, World, at_once, draft, send};

const MINUTE: Duration = Duration::from_secs(60);

pub(crate) async fn with_policy(world: &World, policy: GuardPolicy) -> Engine {
    Engine::open(world.database.clone(), Arc::new(world.clock.clone()), policy).await.expect("an engine")
}

fn capped(targets: u64) -> GuardPolicy {
    let cap: Cap = serde_json::from_value(serde_json::json!({
        "risk": "disruptive", "window": "30m", "targets": targets,
    }))
    .expect("a cap");
    assert_eq!((cap.per, cap.window), (Per::Tenant, Span::minutes(30)));
    GuardPolicy { caps: vec![cap], ..GuardPolicy::default() }
}

fn restarts(world: &World, places: std::ops::Range<usize>) -> Draft {
    draft(places.map(|place| send(world.target(place), Command::SoftReset)).collect())
}

fn held(plan: &Plan) -> usize {
    plan.count(Verdict::Hold)
}

#[tokio::test]
async fn a_cap_counts_what_was_really_sent_and_a_plan_that_came_too_late_is_not_started() {
    let world = World::new(6).await;
    let engine = with_policy(&world, capped(3)).await;
    let propose = async |places| engine.propose(restarts(&world, places), "ada", TENANT).await.expect("a plan");
    let first = propose(0..2).await;
    let rival = propose(2..5).await;
    assert_eq!((held(&first), held(&rival)), (0, 0), "nothing was sent so far");
    let job = engine.start(&first, at_once()).await.expect("a job");
    assert_eq!(held(&propose(2..4).await), 0, "what has not left does not count");
    assert_eq!(world.run(&job).await.counts.done, 2);

    // Two of three are used up: a plan of three holds two, and one that was let through before is not started.
    assert_eq!(held(&propose(2..5).await), 2);
    assert_eq!(held(&propose(0..3).await), 0, "a target counts once");
    let late = engine.start(&rival, at_once()).await.expect_err("stricter");
    assert!(matches!(&late, Error::Stricter { reasons, .. } if reasons[0].rule == "cap"), "{late}");
    assert_eq!(late.kind(), Kind::Refused);
    let (now, rules) = engine.explain(&rival).await.expect("an explanation");
    assert_eq!(now.verdict, Verdict::Hold);
    let cap = rules.iter().find(|rule| rule.rule == "cap").expect("the rule");
    assert!(cap.weighed[0].contains("2 sent before, 1 let through in this plan, 2 beyond it; the cap is 3"), "{cap:?}");

    // Another tenant's sends do not count, and after the window these do not either.
    let elsewhere = engine.propose(restarts(&world, 2..5), "ada", "elsewhere").await.expect("a plan");
    assert_eq!(held(&elsewhere), 0);
    world.advance(31 * MINUTE).await;
    assert_eq!(held(&propose(2..5).await), 0);
    engine.start(&rival, at_once()).await.expect("let through again");
}

#[tokio::test]
async fn an_approval_lets_through_what_a_cap_holds() {
    let world = World::new(3).await;
    let engine = with_policy(&world, capped(1)).await;
    let plan = engine.propose(restarts(&world, 0..3), "ada", TENANT).await.expect("a plan");
    assert_eq!(held(&plan), 2);
    let plan = world.approve(&engine, &plan.id.to_string(), "").await.expect("approved");
    let job = engine.start(&plan, at_once()).await.expect("a job");
    assert_eq!(world.run(&job).await.counts.done, 3);
}

#[tokio::test]
async fn a_selection_is_held_against_its_last_run_that_was_carried_out() {
    let world = World::new(30).await;
    let found = |count: usize| Draft {
        selection: Selection::Filter { text: "platform=X".to_owned(), everything: false, bound: None, query: None },
        ..world.commands(Command::SyncDevice, count)
    };
    let first = world.propose(found(30)).await;
    assert_eq!(held(&world.propose(found(10)).await), 0, "a plan that was not carried out tells nothing");
    world.engine.start(&first, JobOptions::default()).await.expect("a job");
    assert_eq!(held(&world.propose(found(21)).await), 0);
    let fewer = world.propose(found(20)).await;
    assert_eq!(held(&fewer), 20);
    assert!(fewer.items[0].decision.explain().contains("10 targets fewer than the last time"));
    let other = Draft { purpose: "another".to_owned(), ..found(5) };
    assert_eq!(held(&world.propose(other).await), 0);
}

#[tokio::test]
async fn a_plan_with_wipes_knows_the_tenants_own_brakes_and_harmless_ones_cost_no_call() {
    for dialect in [Dialect::Guide, Dialect::Published] {
        let world = World::speaking(dialect, 4).await;
        let client = world.client().await;
        let harmless = world.engine.ask(&client, &world.commands(Command::SyncDevice, 4)).await;
        assert_eq!((harmless, client.statistics().calls), (Default::default(), 0));

        let wipes = world.commands(Command::EnterpriseWipe, 4);
        let known = world.engine.ask(&client, &wipes).await;
        assert_eq!(known.bulk_limits.get("EnterpriseWipe"), Some(&10), "{known:?}");
        let devices: u64 = known.groups.values().sum();
        assert!(devices >= 4, "{known:?}");
        match dialect {
            Dialect::Guide => {
                let protection = known.wipe_protection.expect("it is told");
                assert_eq!((protection.wipes, protection.minutes, protection.locked), (Some(10), Some(20), false));
            }
            Dialect::Published => {
                assert!(known.unread.iter().any(|what| what.contains("wipe protection")), "{known:?}");
                let protection = known.wipe_protection.expect("the lock is told");
                assert_eq!((protection.wipes, protection.locked), (None, false));
            }
        }
        let plan = world.engine.propose_knowing(wipes, "ada", TENANT, known.clone()).await.expect("a plan");
        let kept = world.engine.plan(&plan.id.to_string()).await.expect("the plan");
        assert_eq!(kept.surroundings, known);
    }
}

#[tokio::test]
async fn who_loses_an_app_with_a_group_is_told_before() {
    let world = World::speaking(Dialect::Published, 40).await;
    let client = world.client().await;
    let groups = client.smart_groups(None).await.expect("groups");
    let group = groups.iter().max_by_key(|group| group.devices).expect("a group");
    let operation = catalog::published("mdmv1/SmartGroups_DeleteAsync").expect("published");
    let (delete, _) = Draft::of_call(operation, &Arguments::default().with("id", group.id.0)).expect("a draft");
    let known = world.engine.ask(&client, &delete).await;
    let told = known.consequences.first().unwrap_or_else(|| panic!("{known:?}"));
    assert_eq!(told.devices, Some(group.devices), "{told:?}");
    assert!(told.text.contains(&group.name) && told.text.contains("lose what is assigned by it"), "{told:?}");

    let app = client.apps(None).await.expect("apps").into_iter().next().expect("an app");
    let remove = catalog::published("mamv1/SmartGroup_RemoveInternalAppFromSmartGroupAsync").expect("published");
    let arguments = Arguments::default().with("applicationid", app.id.0.0).with("smartgroupid", group.id.0);
    let (remove, _) = Draft::of_call(remove, &arguments).expect("a draft");
    let known = world.engine.ask(&client, &remove).await;
    assert_eq!(known.consequences.first().and_then(|told| told.devices), Some(group.devices), "{known:?}");
}

#[tokio::test]
async fn a_protected_smart_group_is_read_and_its_devices_are_left_out() {
    for dialect in [Dialect::Guide, Dialect::Published] {
        let world = World::speaking(dialect, 30).await;
        let client = world.client().await;
        let groups = client.smart_groups(None).await.expect("groups");
        let group = groups.iter().filter(|group| group.devices > 0).min_by_key(|group| group.devices).expect("a group");
        let policy: GuardPolicy = serde_json::from_value(serde_json::json!({
            "protected": [{"name": "some", "smart_groups": [group.name], "then": "skip"}], "caps": [],
        }))
        .expect("a policy");
        let engine = with_policy(&world, policy).await;
        let wanted = restarts(&world, 0..30);
        let unknowing = engine.propose(wanted.clone(), "ada", TENANT).await.expect("a plan");
        assert_eq!(held(&unknowing), 30, "nobody asked who is in it");
        let known = engine.ask(&client, &wanted).await;
        assert!(known.members.contains_key("some"), "{known:?}");
        let members = known.members["some"].len();
        let plan = engine.propose_knowing(wanted, "ada", TENANT, known).await.expect("a plan");
        assert_eq!((plan.count(Verdict::Skip), held(&plan)), (members, 0));
    }
}

#[tokio::test]
async fn a_plan_travels_as_a_file_and_is_judged_where_it_arrives() {
    let world = World::new(5).await;
    let plan = world.propose(restarts(&world, 0..5)).await;
    let document = plan.to_document(&Rings::default());
    assert_eq!(document["derived"]["items"][4]["risk"], "disruptive");
    let text = serde_json::to_vec(&document).expect("writes");
    let read = Plan::from_document(&text).expect("reads");
    assert_eq!(read, plan);

    // Where it is known already, it is that plan.
    assert_eq!(world.engine.import(read.clone(), "grace").await.expect("taken"), plan);
    // Elsewhere the same policy comes to the same hash, and another policy to another.
    let there = World::new(1).await;
    let taken = there.engine.import(read.clone(), "grace").await.expect("taken");
    assert_eq!((taken.hash == plan.hash, taken.requested_by.as_str()), (true, "grace"));
    let strict = World::new(1).await;
    let engine = with_policy(&strict, capped(2)).await;
    let taken = engine.import(read.clone(), "grace").await.expect("taken");
    assert_eq!((held(&taken), taken.hash == plan.hash, taken.id == plan.id), (3, false, true));

    // What was changed on the way is found out.
    let forged = String::from_utf8(text.clone()).expect("text").replace("SoftReset", "DeviceWipe");
    assert!(Plan::from_document(forged.as_bytes()).is_err_and(|why| why.contains("its hash does not fit")));
    let mut mine = read.clone();
    mine.items.truncate(2);
    mine.head.hash = mine.compute_hash();
    assert!(matches!(world.engine.import(mine, "grace").await, Err(Error::Altered { .. })), "another plan has its id");
    for nonsense in ["", "{}", "[1]", r#"{"format":"muster-plan","version":9}"#] {
        assert!(Plan::from_document(nonsense.as_bytes()).is_err(), "{nonsense}");
    }
    there.advance(24 * 60 * MINUTE).await;
    let late = World::new(1).await;
    late.advance(24 * 60 * MINUTE).await;
    assert!(matches!(late.engine.import(read, "grace").await, Err(Error::Expired { .. })));
}

#[tokio::test]
async fn who_gets_an_app_or_loses_it_is_counted_once_and_by_platform() {
    for dialect in Dialect::ALL {
        let world = World::speaking(dialect, 40).await;
        let client = world.client().await;
        let windows = Platform::WinRt;
        let apps = client.apps(None).await.expect("apps");
        let internal = |app: &&muster_model::apps::App| app.app_type.is_empty() || app.app_type == "Internal";
        let ours = apps.iter().filter(internal).find(|app| Some(app.platform) == windows.number());
        let app = ours.expect("an app for Windows");
        let target = Target::App { id: app.id.0, uuid: app.uuid, name: app.application_name.clone() };
        let smart = client.smart_groups(None).await.expect("smart groups");
        let group = |name: &str| {
            let group = smart.iter().find(|group| group.name == name).unwrap_or_else(|| panic!("{name}: {smart:?}"));
            (group.id, group.name.clone())
        };
        let ask = async |action: Action| {
            let item = DraftItem::new(target.clone(), action, "a story");
            let known = world.engine.ask(&client.fresh(), &draft(vec![item])).await;
            let told = known.consequences.first().unwrap_or_else(|| panic!("{known:?}"));
            (told.devices.expect("a number"), told.text.clone())
        };
        let change = async |action: Action| {
            let plan = world.propose(draft(vec![DraftItem::new(target.clone(), action, "a story")])).await;
            let plan = match held(&plan) {
                0 => plan,
                _ => world.approve(&world.engine, &plan.id.to_string(), "").await.expect("approved"),
            };
            let job = world.engine.start(&plan, at_once()).await.expect("a job");
            world.run(&job).await;
        };
        let parameters = muster_model::apps::DeploymentParameters::default;
        let everywhere = client.app_assignments(app).await.expect("assignments");
        let named = |id: &muster_model::ids::SmartGroupId| {
            (*id, smart.iter().find(|one| one.id == *id).expect("known").name.clone())
        };
        if !everywhere.is_empty() {
            change(Action::UnassignApp { groups: everywhere.iter().map(named).collect() }).await;
        }
        let all = client.devices(&Default::default()).await.expect("devices");
        let enrolled = all.iter().filter(|device| device.enrollment_status == EnrollmentStatus::Enrolled);
        let fitting = enrolled.filter(|device| device.platform == windows).count() as u64;
        let both = vec![group("All Windows Devices"), group("Corporate Devices")];
        let (devices, text) = ask(Action::AssignApp { groups: both.clone(), parameters: parameters() }).await;
        assert!(
            devices == fitting && text.ends_with(&format!("{fitting} devices get it")),
            "{dialect}: {fitting} {text}"
        );
        change(Action::AssignApp { groups: both.clone(), parameters: parameters() }).await;
        // They keep it by the other group.
        let (devices, text) = ask(Action::UnassignApp { groups: both[1..].to_vec() }).await;
        assert!(devices == 0 && text.ends_with("Corporate Devices: 0 devices lose it"), "{dialect}: {text}");
        assert_eq!(ask(Action::UnassignApp { groups: both.clone() }).await.0, fitting, "{dialect}");
        // What nobody can tell in few calls is not guessed.
        let retag = Action::Retag { add: vec!["Pilot".to_owned()], remove: Vec::new() };
        let known = world.engine.ask(&client, &draft(vec![DraftItem::new(world.target(0), retag, "a story")])).await;
        assert!(known.unread.iter().any(|what| what.contains("come or go by changes of tags (1)")), "{known:?}");
        world.uem.stop().await;
    }
}

#[tokio::test]
async fn what_is_not_any_more_as_the_plan_says_is_left_out() {
    let world = World::new(4).await;
    let plan = world.propose(restarts(&world, 0..4)).await;
    let mut fresh: HashMap<_, _> = world.devices.iter().map(|device| (device.id.0, device.clone())).collect();
    let able = |_: &muster_model::devices::Device| None;
    let none = drift(&plan, (&fresh, &[]), able, Vec::new());
    assert_eq!((none.count(), none.checked, none.percent()), (0, 4, 0.0));
    assert!(plan.items.iter().all(|item| item.precondition_hash().is_some_and(|hash| hash.len() == 64)));

    let id = |place: usize| world.devices[place].id.0;
    fresh.remove(&id(0));
    fresh.get_mut(&id(1)).expect("is there").user_name = "somebody else".into();
    let gone = id(2);
    let unable = |device: &muster_model::devices::Device| (device.id.0 == gone).then(|| "not enrolled".to_owned());
    let drifted = drift(&plan, (&fresh, &[]), unable, vec!["NEW".to_owned()]);
    assert_eq!((drifted.count(), drifted.percent()), (4, 100.0));
    let left_out = drifted.left_out();
    assert_eq!(left_out.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(left_out[1].1.contains("user: ") && left_out[1].1.contains("→ somebody else"), "{left_out:?}");

    // A device that was not enrolled when the plan was made may be so still.
    let mut records = restarts(&world, 2..3);
    records.items[0].before = Some(serde_json::json!({ "enrollment": world.devices[2].enrollment_status }));
    let records = world.propose(records).await;
    assert_eq!(drift(&records, (&fresh, &[]), unable, Vec::new()).count(), 0);

    let job = world.engine.start_without(&plan, at_once(), (&left_out, None)).await.expect("a job");
    let summary = world.run(&job).await;
    assert_eq!((summary.counts.done, summary.counts.skipped), (1, 3));
    let task = &world.tasks(&job).await[0];
    assert_eq!((task.state, task.class.as_deref()), (TaskState::Skipped, Some("drift")));
    assert_eq!(world.effects().await.len(), 1);
}

#[tokio::test]
async fn the_risk_of_every_action_is_fixed() {
    let world = World::new(1).await;
    for (command, risk) in [
        (Command::SyncDevice, Risk::Reversible),
        (Command::SoftReset, Risk::Disruptive),
        (Command::EnterpriseWipe, Risk::Irreversible),
    ] {
        assert_eq!(send(world.target(0), command).action.risk(), risk);
    }
}
