//! Accepted is not done: how far a job has come is read from the tenant's records.

use std::time::Duration;

use muster_client::Dialect;
use muster_engine::{Action, Delivery, DraftItem, Silent, Stop, TaskState};
use muster_model::commands::Command;

use crate::world::{World, at_once, draft};

#[tokio::test]
async fn what_devices_did_is_told_apart_from_what_the_tenant_accepted() {
    for dialect in Dialect::ALL {
        let world = World::speaking(dialect, 20).await;
        let job = world.start(world.commands(Command::SyncDevice, 20), at_once()).await;
        world.run(&job).await;
        let detail = world.engine.job(&job.to_string()).await.expect("the job");
        assert_eq!((detail.counts.done, detail.proofs.accepted, detail.proofs.unproven()), (20, 20, 20));

        // Devices check in.
        world.advance(Duration::from_secs(8 * 3600)).await;
        let tenant = world.tenant().await;
        let detail = world.engine.prove_job(&job, &tenant, &Silent, &Stop::new()).await.expect("a look");
        let proofs = detail.proofs;
        assert_eq!(detail.counts.done + detail.counts.failed, 20, "{dialect}: {detail:?}");
        assert!(proofs.executed > 0, "{dialect}: {proofs:?}");
        assert_eq!(proofs.accepted + proofs.delivered + proofs.executed, detail.counts.done);
        for task in world.tasks(&job).await {
            match task.state {
                TaskState::Failed => assert_eq!(task.class.as_deref(), Some("device"), "{task:?}"),
                state => assert!(state == TaskState::Done && task.delivery.is_some(), "{task:?}"),
            }
        }
        assert_eq!(world.effects().await.values().sum::<u64>(), 20, "a look sends nothing");
        world.uem.stop().await;
    }
}

#[tokio::test]
async fn a_state_is_verified_when_it_is_read_so() {
    let world = World::new(2).await;
    let action = Action::Retag { add: vec!["Seen".to_owned()], remove: Vec::new() };
    let items = (0..2).map(|place| DraftItem::new(world.target(place), action.clone(), "a story")).collect();
    let job = world.start(draft(items), at_once()).await;
    world.run(&job).await;
    assert_eq!(world.engine.job(&job.to_string()).await.expect("the job").proofs.accepted, 2);
    let tenant = world.tenant().await;
    let detail = world.engine.prove_job(&job, &tenant, &Silent, &Stop::new()).await.expect("a look");
    assert_eq!((detail.proofs.verified, detail.proofs.unproven()), (2, 0));
    assert!(world.tasks(&job).await.iter().all(|task| task.delivery == Some(Delivery::Verified)));
}
