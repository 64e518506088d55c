//! Many in one call: how few calls it takes, what single refusals do, and what becomes of a lost answer.

use muster_client::Dialect;
use muster_engine::{Action, DraftItem, Event, JobOptions, JobState, TaskState};
use muster_model::commands::Command;
use muster_uem::On;

use crate::world::{Heard, World, at_once, draft, send};

#[tokio::test]
async fn a_command_for_many_is_one_call_and_each_device_gets_it_once() {
    let world = World::speaking(Dialect::Published, 120).await;
    for (command, word) in [(Command::Lock, "DeviceLock"), (Command::SyncDevice, "SyncDevice")] {
        // Some platforms have no lock; what the tenant refuses of many is another story.
        let able: Vec<usize> = (0..120).filter(|place| command.runs_on(&world.devices[*place].platform)).collect();
        let items = able.iter().map(|place| send(world.target(*place), command)).collect();
        let job = world.start(draft(items), at_once()).await;
        let tenant = world.tenant().await;
        let before = tenant.client.statistics().calls;
        let summary = world.engine.run(&job, &tenant, &muster_engine::Silent, &muster_engine::Stop::new()).await;
        let summary = summary.expect("a run");
        assert_eq!((summary.state, summary.counts.done), (JobState::Finished, able.len() as u64));
        // The limits, and the call.
        let calls = tenant.client.statistics().calls - before;
        assert!(calls <= 3, "{command}: {calls} calls");
        let effects = world.effects().await;
        for place in able {
            assert_eq!(effects[&(world.devices[place].id.0.0, word.to_owned())], 1, "{command}");
        }
    }
}

#[tokio::test]
async fn one_by_one_is_still_there_for_who_wants_it() {
    let world = World::speaking(Dialect::Published, 10).await;
    let options = JobOptions { bulk: false, ..at_once() };
    let job = world.start(world.commands(Command::Lock, 10), options).await;
    let tenant = world.tenant().await;
    let before = tenant.client.statistics().calls;
    world.engine.run(&job, &tenant, &muster_engine::Silent, &muster_engine::Stop::new()).await.expect("a run");
    assert!(tenant.client.statistics().calls - before >= 10);
}

#[tokio::test]
async fn a_lost_answer_of_many_is_settled_device_by_device() {
    let world = World::speaking(Dialect::Published, 40).await;
    let job = world.start(world.commands(Command::Lock, 40), at_once()).await;
    world.uem.faults().on(On::Writes).lose_answers(1);
    let summary = world.run(&job).await;
    assert_eq!((summary.state, summary.counts.done), (JobState::Finished, 40));
    assert!(world.effects().await.values().all(|count| *count == 1));
    assert!(world.tasks(&job).await.iter().all(|task| task.attempt == 1));
}

/// A call for many succeeds although it refuses some. Which ones is in the part of the answer that did not arrive.
#[tokio::test]
async fn an_answer_that_breaks_off_is_no_word_for_each_device() {
    let world = World::speaking(Dialect::Published, 40).await;
    let job = world.start(world.commands(Command::Lock, 40), at_once()).await;
    world.uem.faults().add("cut-body:on=writes,count=1".parse().expect("an order"));
    let heard = Heard::default();
    let (tenant, stop) = (world.tenant().await, muster_engine::Stop::new());
    let summary = world.engine.run(&job, &tenant, &heard, &stop).await.expect("a run");
    assert_eq!((summary.state, summary.counts.done), (JobState::Finished, 40));
    let heard = heard.0.lock().expect("no panic");
    let unknown = |event: &&Event| matches!(event, Event::Item { state: TaskState::Unknown, .. });
    assert_eq!(heard.iter().filter(unknown).count(), 40, "each is read back");
}

#[tokio::test]
async fn what_the_tenant_refuses_of_many_is_named_and_the_others_are_done() {
    let world = World::speaking(Dialect::Published, 12).await;
    let mut items = world.commands(Command::Lock, 12).items;
    // A record that is gone meanwhile.
    if let muster_engine::Target::Device(device) = &mut items[5].target {
        device.id = muster_model::ids::DeviceId(999_999);
    }
    let job = world.start(draft(items), at_once()).await;
    let summary = world.run(&job).await;
    assert_eq!((summary.counts.done, summary.counts.failed), (11, 1));
    let tasks = world.tasks(&job).await;
    assert_eq!(tasks[5].state, TaskState::Failed);
    assert!(tasks[5].reason.starts_with("the tenant refused this one of many: "), "{}", tasks[5].reason);
}

#[tokio::test]
async fn a_call_that_one_bad_item_sinks_is_halved_until_it_stands_alone() {
    let world = World::speaking(Dialect::Published, 16).await;
    let job = world.start(world.commands(Command::Lock, 16), at_once()).await;
    // The whole call is refused, then its first half: the other calls pass.
    world.uem.faults().on(On::Writes).fail_with(400, 2);
    let summary = world.run(&job).await;
    assert_eq!((summary.counts.done, summary.counts.failed), (16, 0), "{:?}", summary.stopped);
    assert!(world.effects().await.values().all(|count| *count == 1));
}

#[tokio::test]
async fn tags_of_many_devices_are_set_in_few_calls_and_taken_back() {
    let world = World::speaking(Dialect::Published, 60).await;
    let action = Action::Retag { add: vec!["Wave of sixty".to_owned()], remove: Vec::new() };
    let items = |action: &Action| {
        (0..60).map(|place| DraftItem::new(world.target(place), action.clone(), "a story")).collect::<Vec<_>>()
    };
    let job = world.start(draft(items(&action)), at_once()).await;
    let tenant = world.tenant().await;
    let before = tenant.client.statistics().calls;
    let summary = world.engine.run(&job, &tenant, &muster_engine::Silent, &muster_engine::Stop::new()).await;
    assert_eq!(summary.expect("a run").counts.done, 60);
    // Search, make it with the first device, list who has it, put it on the rest.
    let calls = tenant.client.statistics().calls - before;
    assert!(calls <= 15, "{calls} calls");
    let client = world.client().await;
    let has = |place: usize| {
        let (client, id) = (client.fresh(), world.devices[place].id.0);
        async move {
            client.device(id).await.expect("a device").tags.unwrap_or_default().contains(&"Wave of sixty".to_owned())
        }
    };
    assert!(has(0).await && has(59).await);
    assert!(world.tasks(&job).await.iter().all(|task| task.image.is_some()));
    let plan = world.engine.undo(&job.to_string(), "ada").await.expect("a plan");
    let back = world.engine.start(&plan, at_once()).await.expect("a job");
    assert_eq!(world.run(&back).await.counts.done, 60);
    assert!(!has(0).await && !has(59).await);
}

/// Runs a job, and tells how many calls it took.
async fn counted(world: &World, items: Vec<DraftItem>) -> (muster_engine::JobId, u64) {
    let (job, tenant) = (world.start(draft(items), at_once()).await, world.tenant().await);
    let before = tenant.client.statistics().calls;
    let summary = world.engine.run(&job, &tenant, &muster_engine::Silent, &muster_engine::Stop::new()).await;
    let summary = summary.expect("a run");
    assert_eq!(summary.counts.done, summary.counts.total(), "{summary:?}");
    (job, tenant.client.statistics().calls - before)
}

#[tokio::test]
async fn users_are_deactivated_in_one_call_and_taken_back() {
    let world = World::speaking(Dialect::Published, 40).await;
    let client = world.client().await;
    let users = client.users(None).await.expect("users");
    let names: Vec<String> =
        users.iter().filter(|user| user.status).take(30).map(|u| u.user_name.to_string()).collect();
    assert_eq!(names.len(), 30);
    let item = |name: &String| {
        let target = muster_engine::Target::User { name: name.clone(), id: None };
        DraftItem::new(target, Action::SetUserActive { active: false }, "a story")
    };
    let items = || names.iter().map(item).collect::<Vec<_>>();
    let (job, calls) = counted(&world, items()).await;
    // The limits, a look at each, and the call.
    assert!(calls <= 32, "{calls} calls");
    let active = async || {
        let users = client.fresh().users(None).await.expect("users");
        users.iter().filter(|user| user.status && names.contains(&user.user_name.to_string())).count()
    };
    assert_eq!(active().await, 0);
    let (again, calls) = counted(&world, items()).await;
    assert!(calls <= 31, "nothing is sent: {calls} calls");
    assert!(world.tasks(&again).await.iter().all(|task| task.reason == "is so already"));
    let plan = world.engine.undo(&job.to_string(), "ada").await.expect("a plan");
    let back = world.engine.start(&plan, at_once()).await.expect("a job");
    assert_eq!(world.run(&back).await.counts.done, 30);
    assert_eq!(active().await, 30);
}

#[tokio::test]
async fn attributes_of_many_devices_are_set_in_one_call_and_taken_back() {
    let world = World::speaking(Dialect::Published, 30).await;
    let item = |place: usize| {
        let set = vec![("Room".to_owned(), format!("room {}", place / 2))];
        DraftItem::new(world.target(place), Action::SetAttributes { set, remove: Vec::new() }, "a story")
    };
    let items = || (0..30).map(item).collect::<Vec<_>>();
    let (job, calls) = counted(&world, items()).await;
    assert!(calls <= 32, "{calls} calls");
    let (again, calls) = counted(&world, items()).await;
    assert!(calls <= 31, "nothing is sent: {calls} calls");
    assert!(world.tasks(&again).await.iter().all(|task| task.reason == "the attributes are so already"));
    let plan = world.undo(&job).await;
    let back = world.engine.start(&plan, at_once()).await.expect("a job");
    assert_eq!(world.run(&back).await.counts.done, 30);
    let (_, calls) = counted(&world, items()).await;
    assert!(calls <= 32, "they are to be set again: {calls} calls");
}
