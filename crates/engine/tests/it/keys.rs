//! API keys: made, kept before anybody is told, and revoked when somebody has approved that.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use muster_engine::{Action, DraftItem, Keeper, Secrets, Stop, Target, Task, TaskState, Tenant};
use muster_model::guide::NewApiKey;
use muster_model::ids::ApiKeyId;
use muster_store::args;
use secrecy::{ExposeSecret, SecretString};

use crate::world::{Heard, TENANT, World, at_once, counts, draft};

/// Keeps in memory what it is given, unless it is broken.
#[derive(Default)]
struct Kept {
    text: Mutex<Option<String>>,
    broken: bool,
}

#[async_trait]
impl Keeper for Kept {
    async fn keep(&self, _name: &str, secret: &SecretString) -> Result<(), String> {
        if self.broken {
            return Err("the disk is full".to_owned());
        }
        *self.text.lock().expect("no panic") = Some(secret.expose_secret().to_owned());
        Ok(())
    }

    async fn has(&self, _name: &str) -> bool {
        self.text.lock().expect("no panic").is_some()
    }
}

fn make(service: &str) -> DraftItem {
    let key = NewApiKey { service: service.to_owned(), ..NewApiKey::default() };
    DraftItem::new(Target::ApiKey { id: None, service: service.to_owned() }, Action::MakeApiKey { key }, "a story")
}

async fn run(world: &World, item: DraftItem, keeper: Option<Arc<Kept>>) -> Task {
    let job = world.start(draft(vec![item]), at_once()).await;
    let secrets = keeper.map_or_else(Secrets::default, |keeper| Secrets::kept_by(keeper));
    let tenant = Tenant { secrets, ..world.tenant().await };
    world.engine.run(&job, &tenant, &Heard::default(), &Stop::new()).await.expect("a run");
    world.tasks(&job).await.remove(0)
}

/// Keys of that service.
async fn keys(world: &World, service: &str) -> Vec<ApiKeyId> {
    let keys = world.client().await.api_keys().await.expect("a list");
    keys.into_iter().filter(|key| key.service == service).map(|key| key.id).collect()
}

#[tokio::test]
async fn a_key_is_kept_and_its_text_is_nowhere_in_the_journal() {
    let world = World::new(1).await;
    let kept = Arc::new(Kept::default());
    let task = run(&world, make("reports"), Some(kept.clone())).await;
    assert_eq!(task.state, TaskState::Done, "{}", task.reason);
    assert_eq!(keys(&world, "reports").await.first().map(ToString::to_string), task.command_id);
    let text = kept.text.lock().expect("no panic").clone().expect("kept");
    for table in ["plans", "plan_items", "jobs", "tasks", "audit"] {
        let rows = world.database.fetch(format!("select * from {table}"), args![]).await.expect("read");
        assert!(!format!("{rows:?}").contains(&text), "{table}");
    }
}

#[tokio::test]
async fn without_anybody_who_keeps_it_no_key_is_made() {
    let world = World::new(1).await;
    let task = run(&world, make("reports"), None).await;
    assert_eq!((task.state, task.class.as_deref()), (TaskState::Failed, Some("invalid")));
    assert!(task.reason.contains("secrets rotate") && keys(&world, "reports").await.is_empty(), "{}", task.reason);
    // What cannot be kept is told with its id, so that it can be revoked.
    let broken = Arc::new(Kept { broken: true, ..Kept::default() });
    let task = run(&world, make("other"), Some(broken)).await;
    let made = keys(&world, "other").await.remove(0);
    assert_eq!(task.state, TaskState::Failed);
    assert!(task.reason.contains(&format!("the key {made} was made")), "{}", task.reason);
    assert!(task.reason.contains("the disk is full"), "{}", task.reason);
}

#[tokio::test]
async fn a_lost_answer_is_a_lost_key_unless_its_text_is_kept() {
    let world = World::new(1).await;
    world.uem.faults().on(muster_uem::On::Writes).lose_answers(1);
    let task = run(&world, make("lost"), Some(Arc::default())).await;
    assert_eq!((task.state, keys(&world, "lost").await.len()), (TaskState::Failed, 1), "{}", task.reason);
    assert!(task.reason.contains("lost with the answer"), "{}", task.reason);
    // As after a process that died between keeping the text and saying so.
    world.uem.faults().on(muster_uem::On::Writes).lose_answers(1);
    let kept = Kept { text: Mutex::new(Some("the text".to_owned())), broken: false };
    let task = run(&world, make("kept"), Some(Arc::new(kept))).await;
    assert_eq!(task.state, TaskState::Done, "{}", task.reason);
    assert_eq!(keys(&world, "kept").await.first().map(ToString::to_string), task.command_id);
}

#[tokio::test]
async fn a_key_is_revoked_when_that_was_approved_and_once() {
    let world = World::new(1).await;
    run(&world, make("old"), Some(Arc::default())).await;
    let id = keys(&world, "old").await.remove(0);
    let revoke = || {
        let target = Target::ApiKey { id: Some(id), service: "old".to_owned() };
        draft(vec![DraftItem::new(target, Action::RevokeApiKey, "a story")])
    };
    let job = world.start(revoke(), at_once()).await;
    world.run(&job).await;
    assert_eq!(world.tasks(&job).await[0].state, TaskState::Held);
    let open = || async {
        let keys = world.client().await.api_keys().await.expect("a list");
        keys.into_iter().find(|key| key.id == id).expect("the key").revoked_on.is_none()
    };
    assert!(open().await);
    for (lost, reason) in [(1, ""), (0, "opens nothing already")] {
        let plan = world.propose(revoke()).await;
        let plan = world.engine.confirm(&plan.id.to_string(), "bob", "").await.expect("approved");
        world.uem.faults().on(muster_uem::On::Writes).lose_answers(lost);
        let job = world.engine.start(&plan, at_once()).await.expect("a job");
        assert_eq!(world.run(&job).await.counts, counts(1, 0, 0, 0));
        assert!(world.tasks(&job).await[0].reason.contains(reason));
        assert!(!open().await);
    }
    assert_eq!(world.tenant().await.name, TENANT);
}
