//! From a draft to a job: what the guard says, what is kept, who may let it through.

use std::time::Duration;

use muster_engine::{
    Action, DraftItem, Error, JobOptions, JobState, Kind, Only, PlanStatus, Selection, TaskState, Verdict,
};
use muster_model::commands::Command;
use muster_model::users::UserEdit;
use muster_store::args;

use crate::world::{TENANT, World, draft, send};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn a_plan_is_kept_as_it_was_proposed_and_found_by_either_end_of_its_id() {
    let world = World::new(3).await;
    let mut wanted = world.commands(Command::SyncDevice, 3);
    wanted.items[1].before = Some(serde_json::json!({ "battery": 0.1, "tags": ["a"] }));
    wanted.items[1].input = vec![("Serial".to_owned(), "ä;\"".to_owned()), ("Note".to_owned(), String::new())];
    wanted.items[2].nothing_to_do = Some("just synced".to_owned());
    let plan = world.propose(wanted.clone()).await;
    let again = world.propose(wanted).await;
    assert_ne!(plan.id, again.id);
    assert_eq!(plan.hash, again.hash);
    assert_eq!(plan.decision.verdict, Verdict::Allow);

    let id = plan.id.to_string();
    assert_eq!(world.engine.plan(&id).await.expect("found"), plan);
    assert_eq!(world.engine.plan(&id[28..]).await.expect("found by its end"), plan);
    assert!(
        matches!(world.engine.plan(&id[..6]).await, Err(Error::Ambiguous { candidates, .. }) if candidates.len() == 2)
    );
    for nonsense in ["ffff", "", "%", "no"] {
        assert_eq!(world.engine.plan(nonsense).await.expect_err("not found").kind(), Kind::NotFound);
    }
    let list = world.engine.plans().await.expect("a list");
    assert_eq!(list.iter().map(|plan| plan.id).collect::<Vec<_>>(), [again.id, plan.id]);
    assert_eq!((list[1].items, list[1].held), (3, 0));
}

#[tokio::test]
async fn a_refused_draft_leaves_nothing_but_a_record() {
    let world = World::new(2).await;
    let mut wanted = world.commands(Command::SyncDevice, 2);
    wanted.selection = Selection::Filter { text: String::new(), everything: true, bound: None, query: None };
    let error = world.engine.propose(wanted.clone(), "ada", TENANT).await.expect_err("refused");
    assert_eq!(error.kind(), Kind::Refused);
    assert!(error.to_string().contains("empty filter"), "{error}");
    assert!(world.engine.plans().await.expect("a list").is_empty());
    assert_eq!(world.engine.audit().await.expect("records")[0].event, "plan.refused");

    wanted.selection = Selection::Filter { text: String::new(), everything: true, bound: Some(2), query: None };
    assert!(world.engine.propose(wanted, "ada", TENANT).await.is_ok());
}

#[tokio::test]
async fn a_draft_that_contradicts_itself_is_not_taken() {
    let world = World::new(1).await;
    let late = DraftItem { after: Some(0), ..send(world.target(0), Command::SyncDevice) };
    let misfit = DraftItem::new(world.target(0), Action::UpdateUser { changes: UserEdit::default() }, "");
    let password = UserEdit { password: Some("secret".to_owned()), ..UserEdit::default() };
    let user = muster_engine::Target::User { name: "ada".to_owned(), id: None };
    let secret = DraftItem::new(user, Action::UpdateUser { changes: password }, "");
    for item in [late, misfit, secret] {
        let error = world.engine.propose(draft(vec![item]), "ada", TENANT).await.expect_err("not taken");
        assert!(matches!(error, Error::Draft(_)), "{error}");
        assert!(!format!("{error:?}").contains("secret"));
    }
}

#[tokio::test]
async fn a_plan_is_applied_once_and_a_second_start_names_the_job() {
    let world = World::new(1).await;
    let plan = world.propose(world.commands(Command::SyncDevice, 1)).await;
    let job = world.engine.start(&plan, JobOptions::default()).await.expect("a job");
    let second = world.engine.start(&plan, JobOptions::default()).await.expect_err("applied");
    assert!(matches!(&second, Error::AlreadyApplied { job: first, .. } if *first == job), "{second}");
    let kept = world.engine.plan(&plan.id.to_string()).await.expect("the plan");
    assert_eq!(kept.status, PlanStatus::Applied { job });
    assert_eq!(world.engine.jobs().await.expect("a list").len(), 1);
}

#[tokio::test]
async fn a_wipe_waits_for_an_approval_while_the_rest_is_done() {
    let world = World::new(3).await;
    let items = vec![
        send(world.target(0), Command::SyncDevice),
        send(world.target(1), Command::EnterpriseWipe),
        send(world.target(2), Command::SyncDevice),
    ];
    let job = world.start(draft(items), JobOptions::default()).await;
    let summary = world.run(&job).await;
    assert_eq!(summary.state, JobState::Finished);
    assert_eq!((summary.counts.done, summary.counts.held), (2, 1));
    let held = &world.tasks(&job).await[1];
    assert_eq!((held.state, held.class.as_deref(), held.attempt), (TaskState::Held, Some("destructive"), 0));
    assert!(held.reason.contains("muster approve"), "{}", held.reason);
    let wipe = (world.devices[1].id.0.0, "EnterpriseWipe".to_owned());
    assert_eq!(world.effects().await.get(&wipe), None);

    // What was held goes through the guard again, is approved, and done.
    let plan = world.engine.retry(&job.to_string(), Only::Held, "ada").await.expect("a plan");
    assert_eq!((plan.items.len(), plan.retry_of), (1, Some(job)));
    let plan = world.approve(&world.engine, &plan.id.to_string(), "lost device").await.expect("approved");
    let job = world.engine.start(&plan, JobOptions::default()).await.expect("a job");
    assert_eq!(world.run(&job).await.counts.done, 1);
    assert_eq!(world.effects().await.get(&wipe), Some(&1));
}

#[tokio::test]
async fn an_approval_counts_for_four_hours_and_for_what_was_seen() {
    let world = World::new(1).await;
    let wipe = || draft(vec![send(world.target(0), Command::DeviceWipe)]);
    let plan = world.propose(wipe()).await;
    let id = plan.id.to_string();
    let harmless = world.propose(world.commands(Command::SyncDevice, 1)).await;
    let harmless = world.approve(&world.engine, &harmless.id.to_string(), "").await;
    assert!(matches!(harmless, Err(Error::NothingHeld { .. })));

    let approved = world.approve(&world.engine, &id, "lost").await.expect("approved");
    let now = world.engine.plan(&id).await.expect("the plan").created_at;
    assert_eq!(approved.approval(now).expect("counts").by, "grace");
    world.advance(4 * HOUR).await;
    let job = world.engine.start(&approved, JobOptions::default()).await.expect("a job");
    assert_eq!(world.tasks(&job).await[0].state, TaskState::Held, "the approval has run out");

    // What is changed behind the engine's back is neither approved nor started.
    let plan = world.propose(wipe()).await;
    let id = plan.id.to_string();
    let sql = "update plan_items set action = replace(action, 'DeviceWipe', 'EnterpriseWipe') where plan_id = $1";
    world.database.execute(sql, args![id.as_str()]).await.expect("changed");
    assert!(matches!(world.approve(&world.engine, &id, "").await, Err(Error::Altered { .. })));
    assert!(matches!(world.engine.start(&plan, JobOptions::default()).await, Err(Error::Altered { .. })));
}

#[tokio::test]
async fn a_plan_expires_after_a_day() {
    let world = World::new(1).await;
    let plan = world.propose(world.commands(Command::DeviceWipe, 1)).await;
    world.advance(24 * HOUR).await;
    assert!(matches!(world.engine.start(&plan, JobOptions::default()).await, Err(Error::Expired { .. })));
    assert!(matches!(world.approve(&world.engine, &plan.id.to_string(), "").await, Err(Error::Expired { .. })));
    assert_eq!(world.engine.plans().await.expect("a list")[0].status, PlanStatus::Expired);
}

#[tokio::test]
async fn a_skipped_item_is_a_row_and_not_a_call() {
    let world = World::new(2).await;
    let mut wanted = world.commands(Command::SyncDevice, 2);
    wanted.items[0].nothing_to_do = Some("just synced".to_owned());
    let job = world.start(wanted, JobOptions::default()).await;
    let summary = world.run(&job).await;
    assert_eq!((summary.counts.done, summary.counts.skipped), (1, 1));
    let task = &world.tasks(&job).await[0];
    assert_eq!((task.reason.as_str(), task.class.as_deref()), ("just synced", Some("nothing-to-do")));

    // A plan in which there is nothing to do is no error, and its job is over at once.
    let mut wanted = world.commands(Command::SyncDevice, 1);
    wanted.items[0].nothing_to_do = Some("just synced".to_owned());
    let plan = world.propose(wanted).await;
    assert_eq!(plan.decision.verdict, Verdict::Skip);
    let job = world.engine.start(&plan, JobOptions::default()).await.expect("a job");
    assert_eq!(world.run(&job).await.state, JobState::Finished);
}

#[tokio::test]
async fn only_tasks_in_the_wanted_state_are_taken_up_again() {
    let world = World::new(2).await;
    let job = world.start(world.commands(Command::SyncDevice, 2), JobOptions::default()).await;
    world.uem.faults().on(muster_uem::On::Writes).fail_with(400, 1);
    assert_eq!(world.run(&job).await.counts.failed, 1);
    let error = world.engine.retry(&job.to_string(), Only::Held, "ada").await.expect_err("none is held");
    assert_eq!((error.kind(), error.to_string().contains("no held tasks")), (Kind::Usage, true));

    let plan = world.engine.retry(&job.to_string(), Only::Failed, "ada").await.expect("a plan");
    assert_eq!((plan.items.len(), plan.purpose.as_str()), (1, "a story (again: failed)"));
    let job = world.engine.start(&plan, JobOptions::default()).await.expect("a job");
    assert_eq!(world.run(&job).await.counts.done, 1);
    let effects = world.effects().await;
    assert!(world.devices.iter().all(|device| effects[&(device.id.0.0, "SyncDevice".to_owned())] == 1));
}
