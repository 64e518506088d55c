//! Items that wait for another.

use muster_engine::{Action, DraftItem, JobState, Only, Password, Target, TaskState};
use muster_model::ids::UserGroupId;
use muster_model::users::UserEdit;
use muster_uem::On;

use crate::world::{World, at_once, counts, draft};

fn pair(name: &str, first: usize, group: UserGroupId) -> [DraftItem; 2] {
    let user = || Target::User { name: name.to_owned(), id: None };
    let edit = UserEdit {
        user_name: name.to_owned(),
        first_name: Some("Ada".to_owned()),
        last_name: Some("Story".to_owned()),
        email: Some(format!("{name}@example.com")),
        ..UserEdit::default()
    };
    let create = Action::CreateUser { user: edit, password: Password::Generated };
    let join = Action::JoinUserGroup { group, group_name: "a group".to_owned() };
    [
        DraftItem::new(user(), create, "a story"),
        DraftItem { after: Some(first), ..DraftItem::new(user(), join, "a story") },
    ]
}

async fn group_of(world: &World) -> UserGroupId {
    world.client().await.user_groups(None).await.expect("groups")[0].id
}

#[tokio::test]
async fn what_waits_for_a_failed_task_is_skipped_and_comes_along_when_that_is_retried() {
    let world = World::new(1).await;
    let group = group_of(&world).await;
    let items = [pair("ada.story", 0, group), pair("bob.story", 2, group)].concat();
    let job = world.start(draft(items), at_once()).await;
    // Users are created first, two at a time; one of them is refused.
    world.uem.faults().on(On::Writes).fail_with(400, 1);
    let summary = world.run(&job).await;
    assert_eq!(summary.state, JobState::Finished);
    assert_eq!((summary.counts.done, summary.counts.failed, summary.counts.skipped), (2, 1, 1));
    let tasks = world.tasks(&job).await;
    let failed = tasks.iter().position(|task| task.state == TaskState::Failed).expect("one failed");
    let waiting = &tasks[failed + 1];
    assert_eq!((waiting.state, waiting.class.as_deref()), (TaskState::Skipped, Some("order")));
    assert!(waiting.reason.starts_with("needs create user "), "{}", waiting.reason);
    assert!(waiting.reason.contains("which is failed: "), "{}", waiting.reason);

    let plan = world.engine.retry(&job.to_string(), Only::Failed, "ada").await.expect("a plan");
    assert_eq!(plan.items.iter().map(|item| item.after).collect::<Vec<_>>(), [None, Some(0)]);
    let job = world.engine.start(&plan, at_once()).await.expect("a job");
    assert_eq!(world.run(&job).await.counts, counts(2, 0, 0, 0));
    let members = world.client().await.user_group_members(group).await.expect("members");
    assert!(["ada.story", "bob.story"].iter().all(|name| members.contains(&(*name).to_owned())));
}

#[tokio::test]
async fn what_waits_for_an_unknown_outcome_goes_on_waiting() {
    let world = World::new(1).await;
    let group = group_of(&world).await;
    let job = world.start(draft(pair("ada.story", 0, group).to_vec()), at_once()).await;
    world.uem.faults().on(On::Writes).lose_answers(1);
    world.uem.faults().on(On::Reads).fail_with(403, 1_000);
    let summary = world.run(&job).await;
    assert_eq!((summary.state, summary.counts), (JobState::Stopped, counts(0, 0, 1, 1)));
    world.uem.faults().clear();
    assert_eq!(world.run(&job).await.counts, counts(2, 0, 0, 0));
}

#[tokio::test]
async fn many_users_in_the_order_of_a_file_each_join_after_they_were_created() {
    let world = World::new(1).await;
    let group = group_of(&world).await;
    let items = (0..150).flat_map(|row| pair(&format!("user{row}.story"), row * 2, group)).collect();
    let job = world.start(draft(items), at_once()).await;
    world.uem.faults().on(On::Writes).lose_answers(5);
    assert_eq!(world.run(&job).await.counts, counts(300, 0, 0, 0));
    assert_eq!(world.client().await.users(Some(".story")).await.expect("users").len(), 150);
}
