//! Users, groups, tags and apps: the verbs beside commands.

use muster_client::Dialect;
use muster_engine::{Action, DraftItem, JobOptions, Password, Stop, Target, TaskState, Tenant};
use muster_model::commands::Command;
use muster_model::users::UserEdit;
use muster_store::args;

use crate::world::{Heard, World, at_once, counts, draft};

fn user(name: &str) -> Target {
    Target::User { name: name.to_owned(), id: None }
}

fn edit(name: &str, first: &str) -> UserEdit {
    UserEdit {
        user_name: name.to_owned(),
        first_name: Some(first.to_owned()),
        last_name: Some("Story".to_owned()),
        email: Some(format!("{name}@example.com")),
        ..UserEdit::default()
    }
}

fn create(name: &str, password: Password) -> DraftItem {
    DraftItem::new(user(name), Action::CreateUser { user: edit(name, "Ada"), password }, "a story")
}

#[tokio::test]
async fn a_user_is_created_joins_a_group_and_is_changed_in_both_dialects() {
    for dialect in Dialect::ALL {
        let world = World::speaking(dialect, 1).await;
        let group = world.client().await.user_groups(None).await.expect("groups").remove(0);
        let join = Action::JoinUserGroup { group: group.id, group_name: group.name.clone() };
        let join = DraftItem { after: Some(0), ..DraftItem::new(user("ada.story"), join, "a story") };
        let job = world.start(draft(vec![create("ada.story", Password::Generated), join.clone()]), at_once()).await;
        assert_eq!(world.run(&job).await.counts, counts(2, 0, 0, 0), "{dialect}");
        let client = world.client().await;
        let made = client.user_by_name("ada.story").await.expect("read").expect("made");
        assert_eq!(world.tasks(&job).await[0].command_id, Some(made.id.0.to_string()));
        assert!(client.user_group_members(group.id).await.expect("read").contains(&"ada.story".to_owned()));

        let change = Action::UpdateUser { changes: edit("ada.story", "Augusta") };
        let change = DraftItem::new(user("ada.story"), change, "a story");
        let join = DraftItem { after: None, ..join };
        let job = world.start(draft(vec![change.clone(), join.clone()]), at_once()).await;
        assert_eq!(world.run(&job).await.counts, counts(2, 0, 0, 0), "{dialect}");
        assert_eq!(client.user_by_name("ada.story").await.expect("read").expect("there").first_name, "Augusta");
        assert_eq!(world.tasks(&job).await[1].reason, "is a member already");

        // What is so already is not sent.
        let served = world.uem.served();
        let job = world.start(draft(vec![change, join]), at_once()).await;
        assert_eq!(world.run(&job).await.counts, counts(2, 0, 0, 0), "{dialect}");
        let reasons: Vec<String> = world.tasks(&job).await.into_iter().map(|task| task.reason).collect();
        assert_eq!(reasons, ["the fields are so already", "is a member already"]);
        for (endpoint, count) in world.uem.served() {
            let writes = endpoint.contains("update") || endpoint.contains("add");
            assert!(!writes || served.get(endpoint) == Some(&count), "{endpoint}");
        }
    }
}

#[tokio::test]
async fn a_supplied_password_is_used_and_found_nowhere_in_the_journal() {
    let world = World::new(1).await;
    let password = || Password::Supplied { key: "row 2".to_owned() };
    let job = world.start(draft(vec![create("ada.story", password())]), at_once()).await;
    let mut tenant = world.tenant().await;
    tenant.secrets.insert("row 2", "Correct-Horse-7".to_owned().into());
    world.uem.faults().on(muster_uem::On::Writes).lose_answers(1);
    let summary = world.engine.run(&job, &tenant, &Heard::default(), &Stop::new()).await.expect("a run");
    assert_eq!(summary.counts, counts(1, 0, 0, 0));
    for table in ["plans", "plan_items", "jobs", "tasks", "audit"] {
        let rows = world.database.fetch(format!("select * from {table}"), args![]).await.expect("read");
        assert!(!format!("{rows:?}").contains("Correct-Horse"), "{table}");
    }

    // A run that does not have it says what to do.
    let job = world.start(draft(vec![create("bob.story", password())]), at_once()).await;
    assert_eq!(world.run(&job).await.counts, counts(0, 1, 0, 0));
    let task = &world.tasks(&job).await[0];
    assert_eq!((task.state, task.class.as_deref()), (TaskState::Failed, Some("invalid")));
    assert!(task.reason.contains("run the provisioning again with its file"), "{}", task.reason);
}

#[tokio::test]
async fn a_lost_creation_is_settled_by_the_user_who_is_there() {
    let world = World::new(1).await;
    let job = world.start(draft(vec![create("ada.story", Password::Generated)]), at_once()).await;
    world.uem.faults().on(muster_uem::On::Writes).lose_answers(1);
    assert_eq!(world.run(&job).await.counts, counts(1, 0, 0, 0));
    let users = world.client().await.users(Some("ada.story")).await.expect("read");
    assert_eq!(users.len(), 1);
    assert_eq!(world.tasks(&job).await[0].command_id, Some(users[0].id.0.to_string()));
}

#[tokio::test]
async fn tags_and_apps_reach_their_targets_in_both_dialects() {
    for dialect in Dialect::ALL {
        let world = World::speaking(dialect, 12).await;
        let client = world.client().await;
        let tags = Action::Retag { add: vec!["Pilot".to_owned()], remove: Vec::new() };
        let apps = client.apps(None).await.expect("apps");
        let app = apps.iter().find(|app| app.app_type == "Internal").expect("an internal app").clone();
        let group = client.smart_groups(None).await.expect("groups").remove(0);
        let target = Target::App { id: app.id.0, uuid: app.uuid, name: app.application_name.clone() };
        let groups = vec![(group.id, group.name.clone())];
        let assign = Action::AssignApp { groups, parameters: Default::default() };
        let items = || {
            vec![
                DraftItem::new(world.target(0), tags.clone(), "a story"),
                DraftItem::new(target.clone(), assign.clone(), "a story"),
            ]
        };
        world.uem.faults().on(muster_uem::On::Writes).lose_answers(2);
        let job = world.start(draft(items()), at_once()).await;
        assert_eq!(world.run(&job).await.counts, counts(2, 0, 0, 0), "{dialect}");
        let device = client.device(world.devices[0].id.0).await.expect("a device");
        assert!(device.tags.unwrap_or_default().contains(&"Pilot".to_owned()));
        assert!(client.app_assignments(&app).await.expect("read").contains(&group.id));

        let job = world.start(draft(items()), at_once()).await;
        world.run(&job).await;
        let reasons: Vec<String> = world.tasks(&job).await.into_iter().map(|task| task.reason).collect();
        assert_eq!(reasons, ["the tags are so already", "is assigned already"], "{dialect}");
    }
}

#[tokio::test]
async fn an_install_whose_answer_was_lost_is_found_among_the_commands_of_the_device() {
    let world = World::new(30).await;
    let client = world.client().await;
    // Some internal app is assigned to some device; the seed decides to which.
    let apps = client.apps(None).await.expect("apps");
    let mut found = None;
    for app in apps.iter().filter(|app| app.app_type == "Internal") {
        let rows = client.app_devices(app).await.expect("devices");
        let place = |row: &muster_client::AppOnDevice| world.devices.iter().position(|d| d.id.0 == row.device_id);
        if let Some(place) = rows.iter().find_map(place) {
            found = Some((app.clone(), place));
            break;
        }
    }
    let (app, place) = found.expect("an assigned app");
    let action = Action::InstallApp { app: app.id.0, app_uuid: app.uuid, app_name: app.application_name.clone() };
    let item = DraftItem::new(world.target(place), action, "a story");
    let key = (world.devices[place].id.0.0, Command::InstallApplication.to_string());
    let before = world.effects().await.get(&key).copied().unwrap_or(0);
    world.uem.faults().on(muster_uem::On::Writes).lose_answers(1);
    let job = world.start(draft(vec![item]), at_once()).await;
    assert_eq!(world.run(&job).await.counts, counts(1, 0, 0, 0));
    assert_eq!(world.effects().await[&key] - before, 1);
}

#[tokio::test]
async fn a_command_that_the_dialect_does_not_have_is_skipped_with_its_reason() {
    let world = World::speaking(Dialect::Published, 1).await;
    let job = world.start(world.commands(Command::EnableDeviceEncryption, 1), JobOptions::default()).await;
    let tenant: Tenant = world.tenant().await;
    let summary = world.engine.run(&job, &tenant, &Heard::default(), &Stop::new()).await.expect("a run");
    assert_eq!(summary.counts.skipped, 1);
    assert_eq!(world.tasks(&job).await[0].reason, "the published API has no command EnableDeviceEncryption");
}
