//! Every verb of the table is held to its promise: it notes what was there, is found again when the answer is lost, does
//! nothing where there is nothing to do, and is taken back.

use std::collections::BTreeSet;

use muster_client::catalog::guide;
use muster_client::{Arguments, Client, Credentials, Dialect, Settings, connect};
use muster_engine::{
    Action, Channel, Delivery, DeviceChange, DraftItem, Password, Right, Silent, Stop, Target, Task, TaskState, Tenant,
    Undo, Verdict, verb,
};
use muster_model::apps::DeploymentParameters;
use muster_model::commands::Command;
use muster_model::devices::{Attributes, AttributesQuery, Profiles};
use muster_model::ids::{DeviceId, RecordId};
use muster_model::organization_groups;
use muster_model::page::PageQuery;
use muster_model::users::UserEdit;
use muster_model::words::{EnrollmentStatus, InstallStatus, Ownership, Platform};
use muster_uem::On;
use serde_json::{Map, Value, json};

use crate::world::{World, at_once, draft};

/// What the tenant shows of everything that the cases change.
async fn state(client: &Client, places: &Places) -> Value {
    let device = client.device(places.device).await.expect("the device");
    let query = AttributesQuery { deviceid: Some(places.device.0), ..AttributesQuery::default() };
    let attributes = client.pages::<Attributes>((), query).collect().await.expect("attributes");
    let own: Vec<_> = attributes.into_iter().flat_map(|device| device.custom_attributes).collect();
    let own: BTreeSet<_> = own.into_iter().filter_map(|one| Some((one.name?, one.value?))).collect();
    let mut tags = device.tags.clone().unwrap_or_default();
    tags.sort();
    let mut groups = client.app_assignments(&places.app).await.expect("assignments");
    groups.sort();
    let user = client.user_by_name("verb.story").await.expect("users");
    let member = client.user_group_members(places.user_group.0).await.expect("members");
    json!({
        "name": device.device_friendly_name, "asset": device.asset_number, "owner": device.ownership,
        "group": device.location_group_id.id.0, "tags": tags, "attributes": own, "groups": groups,
        "profile": there(client, places.profile, places.with_profile).await,
        "user": user.map(|user| (user.first_name, user.department, user.status)),
        "member": member.contains(&"verb.story".to_owned()),
    })
}

async fn there(client: &Client, profile: RecordId, device: DeviceId) -> bool {
    let profiles = client.pages::<Profiles>(device, PageQuery::default()).collect().await.expect("profiles");
    let own = profiles.into_iter().find(|row| row.id.is_some_and(|id| id.0 == profile));
    own.is_some_and(|row| (1..=3).contains(&row.status.unwrap_or_default()))
}

/// Things of the tenant that the cases work on.
pub(crate) struct Places {
    device: DeviceId,
    pub(crate) profile: RecordId,
    pub(crate) with_profile: DeviceId,
    app: muster_model::apps::App,
    user_group: (muster_model::ids::UserGroupId, String),
}

pub(crate) fn device(world: &World, id: DeviceId) -> Target {
    let device = world.devices.iter().find(|device| device.id.0 == id).expect("one of ours");
    Target::Device(device.into())
}

pub(crate) async fn places(world: &World, client: &Client) -> Places {
    let mut found = None;
    for one in &world.devices {
        let profiles = client.pages::<Profiles>(one.id.0, PageQuery::default()).collect().await.expect("profiles");
        if let Some(row) = profiles.into_iter().find(|row| row.status == Some(3)) {
            found = row.id.map(|id| (one.id.0, id.0));
            break;
        }
    }
    let (with_profile, profile) = found.expect("a device with a profile");
    let apps = client.apps(None).await.expect("apps");
    let app = apps.into_iter().find(|app| app.app_type.is_empty() || app.app_type.eq_ignore_ascii_case("internal"));
    let group = client.user_groups(None).await.expect("groups").into_iter().next().expect("one");
    Places {
        device: world.devices[0].id.0,
        profile,
        with_profile,
        app: app.expect("an internal app"),
        user_group: (group.id, group.name),
    }
}

pub(crate) async fn app_on_a_device(client: &Client, world: &World) -> (muster_model::apps::App, DeviceId) {
    for app in client.apps(None).await.expect("apps") {
        if !(app.app_type.is_empty() || app.app_type.eq_ignore_ascii_case("internal")) {
            continue;
        }
        let rows = client.app_devices(&app).await.expect("devices of an app");
        let ours = |id: DeviceId| world.devices.iter().any(|device| device.id.0 == id);
        if let Some(row) = rows.iter().find(|row| row.status == InstallStatus::Installed && ours(row.device_id)) {
            return (app, row.device_id);
        }
    }
    panic!("no app is on any device")
}

/// One case for every verb that has no story of its own, in an order in which each finds what it needs.
async fn cases(world: &World, client: &Client, at: &Places) -> Vec<(Target, Action)> {
    let one = device(world, at.device);
    let user = Target::User { name: "verb.story".to_owned(), id: None };
    let edit = UserEdit {
        user_name: "verb.story".to_owned(),
        first_name: Some("Verb".to_owned()),
        last_name: Some("Story".to_owned()),
        email: Some("verb.story@example.com".to_owned()),
        ..UserEdit::default()
    };
    let groups = client.pages::<organization_groups::Search>((), Default::default()).collect().await.expect("groups");
    let other =
        groups.iter().find(|group| group.id.0 != world.devices[0].location_group_id.id.0.0).expect("two groups");
    let assigned = client.app_assignments(&at.app).await.expect("assignments");
    let smart = client.smart_groups(None).await.expect("smart groups");
    let free = smart.iter().find(|group| !assigned.contains(&group.id)).expect("a free group");
    let (on, on_device) = app_on_a_device(client, world).await;
    let all = client.devices(&Default::default()).await.expect("devices");
    let gone = all
        .iter()
        .find(|device| matches!(device.enrollment_status, EnrollmentStatus::Unenrolled | EnrollmentStatus::Retired));
    let apple = world.devices.iter().find(|device| device.platform == Platform::Apple).expect("an iPhone");
    let (group, group_name) = at.user_group.clone();
    let profile_name = "a profile".to_owned();
    let on_profile = device(world, at.with_profile);
    let app_target = Target::App { id: at.app.id.0, uuid: at.app.uuid, name: at.app.application_name.clone() };
    vec![
        (one.clone(), Action::SendCommand { command: Command::SyncDevice, parameters: Map::new() }),
        (one.clone(), Action::Retag { add: vec!["Verb".to_owned()], remove: Vec::new() }),
        (
            one.clone(),
            Action::EditDevice {
                changes: DeviceChange {
                    friendly_name: Some("Front desk".to_owned()),
                    asset_number: Some("A-17".to_owned()),
                    ownership: Some(Ownership::Shared),
                },
            },
        ),
        (one.clone(), Action::MoveDevice { group: other.id, group_name: other.name.clone() }),
        (one.clone(), Action::SetAttributes { set: vec![("Site".to_owned(), "Bonn".to_owned())], remove: Vec::new() }),
        (one.clone(), Action::SendMessage { by: Channel::Push, subject: None, text: "hello".to_owned() }),
        (device(world, apple.id.0), Action::UpdateOs { version: "99.0".to_owned(), action: "Default".to_owned() }),
        (on_profile.clone(), Action::RemoveProfile { profile: at.profile, profile_name: profile_name.clone() }),
        (
            device(world, on_device),
            Action::RemoveApp { app: on.id.0, app_uuid: on.uuid, app_name: on.application_name.clone() },
        ),
        (
            app_target.clone(),
            Action::AssignApp {
                groups: vec![(free.id, free.name.clone())],
                parameters: DeploymentParameters::default(),
            },
        ),
        (user.clone(), Action::CreateUser { user: edit, password: Password::Generated }),
        (
            user.clone(),
            Action::UpdateUser { changes: UserEdit { department: Some("Stories".to_owned()), ..UserEdit::default() } },
        ),
        (user.clone(), Action::SetUserActive { active: false }),
        (user.clone(), Action::JoinUserGroup { group, group_name: group_name.clone() }),
        (Target::Device(gone.expect("a device that is out").into()), Action::DeleteDevice),
    ]
}

/// Runs one change, approved where the guard wants that, and answers its task.
async fn run(world: &World, target: Target, action: Action) -> (muster_engine::JobId, Task) {
    let plan = world.propose(draft(vec![DraftItem::new(target, action, "a story")])).await;
    let job = start(world, plan).await;
    world.run(&job).await;
    let task = world.tasks(&job).await.remove(0);
    (job, task)
}

pub(crate) async fn start(world: &World, plan: muster_engine::Plan) -> muster_engine::JobId {
    let plan = match plan.count(Verdict::Hold) {
        0 => plan,
        _ => world.approve(&world.engine, &plan.id.to_string(), "").await.expect("approved"),
    };
    world.engine.start(&plan, at_once()).await.expect("a job")
}

/// Takes a job back and answers the tasks of the plan that did it.
async fn undo(world: &World, job: &muster_engine::JobId) -> Vec<Task> {
    let plan = world.engine.undo(&job.to_string(), "ada").await.expect("a plan that takes it back");
    let job = start(world, plan).await;
    let summary = world.run(&job).await;
    assert_eq!(summary.counts.failed + summary.counts.unknown, 0, "{:?}", world.tasks(&job).await);
    world.tasks(&job).await
}

#[tokio::test]
async fn every_verb_keeps_its_promise_in_both_dialects() {
    let mut told: BTreeSet<&str> = BTreeSet::new();
    for dialect in Dialect::ALL {
        let world = World::speaking(dialect, 40).await;
        let client = world.client().await;
        let at = places(&world, &client).await;
        for (target, action) in cases(&world, &client, &at).await {
            let facts = action.facts();
            let what = format!("{dialect}: {}", facts.name);
            told.insert(facts.name);
            assert_eq!(target.kind(), facts.target, "{what}");
            let before = state(&client.fresh(), &at).await;
            // The answer is lost, so that the outcome has to be read.
            world.uem.faults().on(On::Writes).lose_answers(1);
            let (job, task) = run(&world, target.clone(), action.clone()).await;
            world.uem.faults().clear();
            // A tag is made first in the published dialect: if that answer is lost, putting it on has not begun.
            let attempts = if facts.name == "Retag" { 1..=2 } else { 1..=1 };
            assert!(task.state == TaskState::Done && attempts.contains(&task.attempt), "{what}: {task:?}");
            assert_eq!(task.image.is_some(), facts.undo == Undo::Image, "{what}: {task:?}");
            let after = state(&client.fresh(), &at).await;
            if facts.undo == Undo::Image && facts.name != "RemoveApp" {
                assert_ne!(before, after, "{what}");
                let (_, again) = run(&world, target.clone(), action.clone()).await;
                // A device has not followed a wish yet that the tenant has noted.
                let proven = if facts.name == "RemoveProfile" { Delivery::Accepted } else { Delivery::Verified };
                assert_eq!((again.state, again.delivery), (TaskState::Done, Some(proven)), "{what}");
                assert_eq!(again.image, None, "{what}: nothing was changed");
            }
            match action.irreversible() {
                Some(_) => {
                    let refused = world.engine.undo(&job.to_string(), "ada").await.expect_err("cannot be taken back");
                    assert!(matches!(refused, muster_engine::Error::NothingToUndo { .. }), "{what}: {refused}");
                }
                None if facts.undo == Undo::OfCommand => {}
                None => {
                    let tasks = undo(&world, &job).await;
                    told.insert(tasks[0].action.facts().name);
                    assert_eq!(before, state(&client.fresh(), &at).await, "{what}: {tasks:?}");
                    if facts.target == "user" && facts.name == "CreateUser" {
                        // The cases that follow need the user.
                        assert_eq!(run(&world, target, action).await.1.state, TaskState::Done);
                    }
                }
            }
        }
        world.uem.stop().await;
    }
    // Keys and calls of the catalogue have stories of their own.
    told.extend(["MakeApiKey", "RevokeApiKey", "CallOperation"]);
    let all: BTreeSet<&str> = verb::TABLE.iter().map(|facts| facts.name).collect();
    assert_eq!(told, all);
}

/// A tenant spoken to by an account of its own, which has these rights alone.
async fn with_rights(world: &World, name: &str, rights: &[&str]) -> Tenant {
    let admin = world.tenant().await;
    let made = async |operation: &str, body: Value| {
        let operation = guide(operation).unwrap_or_else(|| panic!("no {operation}"));
        let made = admin.writer.call(operation, &Arguments::default().with_body(body)).await;
        made.expect("made").expect("an answer").json().expect("JSON").clone()
    };
    made("console/roles.add", json!({ "Name": name, "Rights": rights })).await;
    let account = made("console/accounts.add", json!({ "UserName": name, "Role": name })).await;
    let credentials = Credentials::Basic {
        username: name.to_owned(),
        password: account["Password"].as_str().expect("a password is made").to_owned().into(),
        tenant_code: world.uem.ready.tenant_code.clone().into(),
    };
    let (client, writer) = connect(Settings { credentials, ..world.settings() }).await.expect("a connection");
    Tenant { client, writer, ..admin }
}

#[tokio::test]
async fn a_verb_needs_the_right_of_its_row_and_no_other_that_changes_anything() {
    for dialect in Dialect::ALL {
        let world = World::speaking(dialect, 40).await;
        let client = world.client().await;
        let at = places(&world, &client).await;
        let reader = with_rights(&world, "reader", &["*:read"]).await;
        let of = |guide, published| if dialect == Dialect::Guide { guide } else { published };
        for (target, action) in cases(&world, &client, &at).await {
            let facts = action.facts();
            let rights: Vec<String> = match (facts.right, action.command()) {
                (Right::These { guide, published }, _) => of(guide, published).iter().map(|&one| one.into()).collect(),
                (Right::OfCommand, Some(command)) => vec![format!("commands:send:{command}")],
                (right, _) => panic!("{right:?} names no right"),
            };
            let what = format!("{dialect}: {} with {rights:?}", facts.name);
            // No right to read either but those of its row; of the tenant everybody asks who it is.
            let read = of(facts.reads.guide, facts.reads.published);
            let all: Vec<&str> =
                ["tenant:read"].iter().chain(read).copied().chain(rights.iter().map(String::as_str)).collect();
            let able = with_rights(&world, &format!("{} alone", facts.name), &all).await;
            let outcome = async |tenant: &Tenant| {
                let plan = world.propose(draft(vec![DraftItem::new(target.clone(), action.clone(), "a story")])).await;
                let job = start(&world, plan).await;
                world.engine.run(&job, tenant, &Silent, &Stop::new()).await.expect("a run");
                world.tasks(&job).await.remove(0)
            };
            let task = outcome(&reader).await;
            let said = (task.state, task.class.as_deref());
            assert_eq!(said, (TaskState::Failed, Some("permission")), "{what}: {task:?}");
            let task = outcome(&able).await;
            assert_eq!((task.state, task.reason.as_str()), (TaskState::Done, "a story"), "{what}: {task:?}");
        }
        world.uem.stop().await;
    }
}

#[tokio::test]
async fn a_lost_phone_is_locked_found_locked_and_let_go_again_in_both_dialects() {
    for dialect in Dialect::ALL {
        let world = World::speaking(dialect, 40).await;
        let phone = world.devices.iter().find(|device| device.platform == Platform::Apple).expect("an iPhone");
        let parameters = json!({"message": "Please call"}).as_object().cloned().expect("an object");
        let lost = Action::SendCommand { command: Command::EnableLostMode, parameters };
        world.uem.faults().on(On::Writes).lose_answers(1);
        let (job, task) = run(&world, Target::Device(phone.into()), lost).await;
        world.uem.faults().clear();
        assert_eq!((task.state, task.attempt), (TaskState::Done, 1), "{dialect}: {task:?}");
        let sent = |command: &str| (phone.id.0.0, command.to_owned());
        assert_eq!(world.effects().await.get(&sent("EnableLostMode")), Some(&1), "{dialect}");
        let tasks = undo(&world, &job).await;
        assert_eq!(tasks[0].action.command(), Some(Command::DisableLostMode), "{dialect}");
        assert_eq!(world.effects().await.get(&sent("DisableLostMode")), Some(&1), "{dialect}");
        world.uem.stop().await;
    }
}

#[tokio::test]
async fn a_record_is_deleted_only_when_its_device_is_proven_to_be_out() {
    let world = World::new(2).await;
    let (_, task) = run(&world, world.target(0), Action::DeleteDevice).await;
    assert_eq!((task.state, task.class.as_deref()), (TaskState::Failed, Some("invalid")));
    assert!(task.reason.starts_with("nothing was sent: the device is Enrolled"), "{}", task.reason);
    world.client().await.device(world.devices[0].id.0).await.expect("is still there");
}

#[tokio::test]
async fn a_user_with_devices_stays() {
    let world = World::new(5).await;
    let name =
        world.devices.iter().map(|device| device.user_name.to_string()).find(|name| !name.is_empty()).expect("a user");
    let (_, task) = run(&world, Target::User { name: name.clone(), id: None }, Action::DeleteUser).await;
    assert_eq!(task.state, TaskState::Failed, "{task:?}");
    assert!(world.client().await.user_by_name(&name).await.expect("users").is_some());
}

#[tokio::test]
async fn what_a_job_did_is_taken_back_in_the_opposite_order_and_what_cannot_be_is_named() {
    let world = World::new(6).await;
    let retag = Action::Retag { add: vec!["Ring".to_owned()], remove: Vec::new() };
    let mut items: Vec<DraftItem> =
        (0..3).map(|place| DraftItem::new(world.target(place), retag.clone(), "a story")).collect();
    let lock = Action::SendCommand { command: Command::Lock, parameters: Map::new() };
    items.push(DraftItem::new(world.target(3), lock, "a story"));
    let sync = Action::SendCommand { command: Command::SyncDevice, parameters: Map::new() };
    items.push(DraftItem::new(world.target(4), sync, "a story"));
    let job = world.start(draft(items), at_once()).await;
    world.run(&job).await;
    let plan = world.engine.undo(&job.to_string(), "ada").await.expect("a plan");
    assert_eq!((plan.count(Verdict::Allow), plan.count(Verdict::Skip)), (3, 2));
    assert_eq!(plan.purpose, "undo: a story");
    let why: Vec<String> = plan.items.iter().map(|item| item.decision.explain()).collect();
    assert!(why[0].contains("SyncDevice changes nothing"), "{why:?}");
    assert!(why[1].contains("cannot be taken back: a device that did DeviceLock"), "{why:?}");
    let undone = start(&world, plan).await;
    world.run(&undone).await;
    let client = world.client().await;
    for place in 0..3 {
        let tags = client.device(world.devices[place].id.0).await.expect("a device").tags.unwrap_or_default();
        assert!(!tags.contains(&"Ring".to_owned()), "{tags:?}");
    }
    // What has been taken back leaves nothing to take back.
    let tasks = world.tasks(&undone).await;
    assert_eq!(tasks.iter().filter(|task| task.state == TaskState::Done).count(), 3);
}
