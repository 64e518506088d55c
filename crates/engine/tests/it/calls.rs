//! Calls of the catalogue take the way of every change: plan, guard, journal, runner, settling.

use muster_client::catalog::published;
use muster_client::{Arguments, Dialect};
use muster_engine::{
    Action, DraftItem, JobState, OperationCall, Secrets, Stop, Target, TaskState, Tenant, Verdict, Withheld,
};
use muster_model::users::UserEdit;
use muster_store::args;
use muster_uem::On;
use serde_json::{Value, json};

use crate::world::{Heard, World, at_once, counts, draft};

/// One call, and what a plan does not keep of it.
fn call(key: &str, arguments: &Arguments) -> (DraftItem, Withheld) {
    let operation = published(key).unwrap_or_else(|| panic!("no {key}"));
    let (call, withheld) = OperationCall::new(operation, arguments, key).expect("a call");
    let target = Target::resource(call.address());
    (DraftItem::new(target, Action::CallOperation { call: Box::new(call) }, "a story"), withheld)
}

async fn tenant(world: &World, withheld: Withheld) -> Tenant {
    Tenant { secrets: Secrets::from(withheld), ..world.tenant().await }
}

fn tag(world: &World, name: &str) -> Arguments {
    let group = world.uem.ready.organization_group.id;
    Arguments::default().with_body(json!({"TagName": name, "TagType": 1, "LocationGroupId": group}))
}

/// How often the tenant answered an operation, whatever it said.
fn answered(world: &World, name: &str) -> u64 {
    let count = |counts: std::collections::BTreeMap<&str, u64>| counts.get(name).copied().unwrap_or_default();
    count(world.uem.served()) + count(world.uem.refused())
}

#[tokio::test]
async fn a_call_is_planned_sent_once_and_its_answer_is_kept_for_whoever_ran_it() {
    let world = World::speaking(Dialect::Published, 1).await;
    let (item, withheld) = call("tags.add", &tag(&world, "By a plan"));
    let plan = world.propose(draft(vec![item])).await;
    assert_eq!(plan.decision.verdict, Verdict::Allow);
    assert_eq!(plan.items[0].target.name(), "/api/mdm/tags/addtag");
    let job = world.engine.start(&plan, at_once()).await.expect("a job");
    let tenant = tenant(&world, withheld).await;
    let summary = world.engine.run(&job, &tenant, &Heard::default(), &Stop::new()).await.expect("a run");
    assert_eq!(summary.counts, counts(1, 0, 0, 0));
    let answers = tenant.secrets.answers();
    let id = answers[0].1.json().expect("JSON")["Value"].clone();
    assert_eq!(world.tasks(&job).await[0].command_id, Some(id.to_string()));
    assert_eq!(answered(&world, "tags.add"), 1);
}

#[tokio::test]
async fn what_removes_something_waits_for_an_approval_and_a_command_has_its_own_class() {
    let world = World::speaking(Dialect::Published, 2).await;
    let send = |place: usize, command: &str| {
        let device = world.devices[place].id.0.0;
        call("mdmv1/CommandsV1_ExecuteAsync", &Arguments::default().with("deviceid", device).with("command", command)).0
    };
    let bulk = json!({"BulkValues": {"Value": [world.devices[0].id.0.0.to_string()]}});
    let (bulk, _) = call("mdmv1/Devices_BulkDeleteDevicesAsync", &Arguments::default().with_body(bulk));
    let plan = world.propose(draft(vec![send(0, "SyncDevice"), send(1, "DeviceWipe"), bulk])).await;
    let verdicts: Vec<Verdict> = plan.items.iter().map(|item| item.decision.verdict).collect();
    assert_eq!(verdicts, [Verdict::Allow, Verdict::Hold, Verdict::Hold]);
    let why = plan.items[2].decision.explain();
    assert!(why.contains("BulkDeleteDevices") && why.contains("1 values") && why.contains("cannot be undone"), "{why}");
    let job = world.engine.start(&plan, at_once()).await.expect("a job");
    assert_eq!(world.run(&job).await.counts.held, 2);
    let effects = world.effects().await;
    assert_eq!(effects.get(&(world.devices[1].id.0.0, "DeviceWipe".to_owned())), None);
    assert_eq!(effects.get(&(world.devices[0].id.0.0, "SyncDevice".to_owned())), Some(&1));
}

#[tokio::test]
async fn a_read_needs_no_plan_and_gets_none() {
    let world = World::speaking(Dialect::Published, 1).await;
    let (item, _) = call("devices.search", &Arguments::default());
    let refused = world.engine.propose(draft(vec![item]), "ada", crate::world::TENANT).await.expect_err("no plan");
    assert!(refused.to_string().contains("only reads"), "{refused}");
}

#[tokio::test]
async fn no_secret_of_a_body_is_in_the_journal_and_without_it_nothing_is_sent() {
    let world = World::speaking(Dialect::Published, 1).await;
    let body = json!({
        "UserName": "by.call", "Password": "s3cret-horse-battery", "FirstName": "B", "LastName": "C",
        "Email": "b@example.com", "Status": true, "SecurityType": 2,
        "LocationGroupId": world.uem.ready.organization_group.id.to_string(), "Role": "Full Access",
    });
    let (item, withheld) = call("users.add", &Arguments::default().with_body(body));
    let plan = world.propose(draft(vec![item])).await;
    let job = world.engine.start(&plan, at_once()).await.expect("a job");

    // Another process has the plan and not the password.
    assert_eq!(world.run(&job).await.counts, counts(0, 1, 0, 0));
    let task = &world.tasks(&job).await[0];
    assert!(task.reason.contains("is not at hand") && task.reason.contains("Password"), "{}", task.reason);
    assert_eq!(answered(&world, "users.add"), 0);

    let again = world.engine.retry(&job.to_string(), muster_engine::Only::Failed, "ada").await.expect("a plan");
    let job = world.engine.start(&again, at_once()).await.expect("a job");
    let tenant = tenant(&world, withheld).await;
    let summary = world.engine.run(&job, &tenant, &Heard::default(), &Stop::new()).await.expect("a run");
    assert_eq!(summary.counts, counts(1, 0, 0, 0), "{:?}", world.tasks(&job).await);
    assert!(world.client().await.user_by_name("by.call").await.expect("read").is_some());

    for table in ["plans", "plan_items", "jobs", "tasks", "audit"] {
        let rows = world.database.fetch(format!("select * from {table}"), args![]).await.expect("read");
        assert!(!format!("{rows:?}").contains("s3cret"), "{table}");
    }
    let kept = serde_json::to_string(&world.engine.plan(&again.id.to_string()).await.expect("the plan")).expect("JSON");
    assert!(kept.contains("by.call") && !kept.contains("s3cret"), "{kept}");
}

#[tokio::test]
async fn a_lost_answer_is_settled_by_reading_the_record_and_nothing_is_sent_again() {
    let world = World::speaking(Dialect::Published, 1).await;
    let client = world.client().await;
    let list = published("mdmv1/SmartGroups_SearchAsync").expect("published");
    let group = client.list(list, &Arguments::default()).expect("pages").collect().await.expect("rows").remove(0);
    let id = group["SmartGroupID"].as_i64().expect("an id");
    let look = published("mdmv1/SmartGroups_LoadSmartGroupAsync").expect("published");
    let whole = client.call(look, &Arguments::default().with("id", id)).await.expect("a group");
    let mut body = whole.into_json().expect("JSON");
    body["Name"] = json!("Renamed by a call");
    let known: serde_json::Map<String, Value> = ["Name", "CriteriaType", "ManagedByOrganizationGroupId"]
        .into_iter()
        .filter_map(|name| Some((name.to_owned(), body.get(name)?.clone())))
        .collect();
    let arguments = Arguments::default().with("id", id).with_body(Value::Object(known));
    let (item, _) = call("mdmv1/SmartGroups_UpdateSmartGroupAsync", &arguments);
    let job = world.start(draft(vec![item]), at_once()).await;
    world.uem.faults().on(On::Writes).lose_answers(1);
    let summary = world.run(&job).await;
    assert_eq!(summary.counts, counts(1, 0, 0, 0), "{:?}", world.tasks(&job).await);
    assert_eq!(answered(&world, "mdmv1/SmartGroups_UpdateSmartGroupAsync"), 1);

    // What has no record stays unknown, in this run and in the next, and is sent once.
    let (item, _) = call("tags.add", &tag(&world, "Lost"));
    let job = world.start(draft(vec![item]), at_once()).await;
    world.uem.faults().on(On::Writes).lose_answers(1);
    for _ in 0..2 {
        let summary = world.run(&job).await;
        assert_eq!((summary.state, summary.counts), (JobState::Stopped, counts(0, 0, 1, 0)));
    }
    let task = &world.tasks(&job).await[0];
    assert_eq!((task.state, task.attempt), (TaskState::Unknown, 1));
    assert!(task.reason.contains("no record of what it changed"), "{}", task.reason);
    assert_eq!(answered(&world, "tags.add"), 1);
}

#[tokio::test]
async fn a_deletion_is_sent_once_and_settled_by_what_is_gone() {
    let world = World::speaking(Dialect::Published, 1).await;
    // Somebody who has no devices, since a tenant does not delete others.
    let new = UserEdit {
        user_name: "leaver".to_owned(),
        password: Some("c0rrect-horse".to_owned()),
        first_name: Some("L".to_owned()),
        last_name: Some("E".to_owned()),
        email: Some("l@example.com".to_owned()),
        ..UserEdit::default()
    };
    let id = world.tenant().await.writer.create_user(&new).await.expect("made").0;
    let (item, _) = call("systemv1/User_DeleteAsync", &Arguments::default().with("id", id));
    for lost in [false, true] {
        let plan = world.propose(draft(vec![item.clone()])).await;
        assert_eq!(plan.decision.verdict, Verdict::Hold);
        let plan = world.approve(&world.engine, &plan.id.to_string(), "").await.expect("approved");
        let job = world.engine.start(&plan, at_once()).await.expect("a job");
        let faults = world.uem.faults().on(On::Writes);
        if lost {
            faults.lose_answers(1)
        } else {
            faults.fail_with(500, 1)
        }
        let summary = world.run(&job).await;
        let task = &world.tasks(&job).await[0];
        if lost {
            assert_eq!(summary.counts, counts(1, 0, 0, 0), "{task:?}");
        } else {
            assert_eq!((task.state, task.attempt), (TaskState::Failed, 1), "{task:?}");
            assert_eq!(task.reason, "did not arrive; it is not sent again by itself");
        }
    }
}
