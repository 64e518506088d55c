//! Accepted is not done: how far a job has come is read from the tenant's records.

use std::time::Duration;

use muster_client::Dialect;
use muster_engine::{Action, Delivery, DraftItem, JobId, Silent, Stop, Target, TaskState};
use muster_model::commands::Command;
use muster_uem::On;

use crate::verbs::{app_on_a_device, device, places, start};
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

/// How far the one task of a job is proven now.
async fn proven(world: &World, job: &JobId) -> Delivery {
    world.engine.prove_job(job, &world.tenant().await, &Silent, &Stop::new()).await.expect("a look");
    let task = world.tasks(job).await.remove(0);
    assert_eq!(task.state, TaskState::Done, "{task:?}");
    task.delivery.expect("is done")
}

/// Proven once the device was heard from; it may be out of reach for a while.
async fn proven_at_last(world: &World, job: &JobId) -> Delivery {
    for _ in 0..20 {
        world.advance(Duration::from_secs(6 * 3600)).await;
        match proven(world, job).await {
            Delivery::Accepted | Delivery::Delivered => {}
            proven => return proven,
        }
    }
    panic!("the device never answered")
}

/// The tenant notes the wish at once: that is no proof, also when the answer was lost and the wish was read back.
#[tokio::test]
async fn a_wish_that_the_tenant_has_noted_is_not_verified_before_the_device_has_followed_it() {
    for dialect in Dialect::ALL {
        let world = World::speaking(dialect, 40).await;
        let client = world.client().await;
        let at = places(&world, &client).await;
        let (app, on_device) = app_on_a_device(&client, &world).await;
        let profile_name = "a profile".to_owned();
        let (remove, install) = (
            Action::RemoveProfile { profile: at.profile, profile_name: profile_name.clone() },
            Action::InstallProfile { profile: at.profile, profile_name },
        );
        let remove_app =
            Action::RemoveApp { app: app.id.0, app_uuid: app.uuid, app_name: app.application_name.clone() };
        let wishes: [(Target, Action, bool); 4] = [
            (device(&world, at.with_profile), remove.clone(), false),
            (device(&world, at.with_profile), install, false),
            (device(&world, at.with_profile), remove, true),
            (device(&world, on_device), remove_app, false),
        ];
        for (target, action, lost) in wishes {
            let what = format!("{dialect}: {}", action.describe());
            let plan = world.propose(draft(vec![DraftItem::new(target, action, "a story")])).await;
            let job = start(&world, plan).await;
            world.uem.faults().on(On::Writes).lose_answers(u32::from(lost));
            assert_eq!(world.run(&job).await.counts.done, 1, "{what}: {:?}", world.tasks(&job).await);
            world.uem.faults().clear();
            assert_eq!(world.tasks(&job).await[0].delivery, Some(Delivery::Accepted), "{what}");
            assert_eq!(proven(&world, &job).await, Delivery::Accepted, "{what}");
            assert_eq!(proven_at_last(&world, &job).await, Delivery::Verified, "{what}");
        }
        world.uem.stop().await;
    }
}

/// Nobody tells the id of a command, and the tenant's clock is set while it is on its way.
#[tokio::test]
async fn a_command_is_proven_although_the_clock_of_the_tenant_was_set() {
    let world = World::speaking(Dialect::Published, 5).await;
    let job = world.start(world.commands(Command::SyncDevice, 5), at_once()).await;
    world.run(&job).await;
    world.uem.step(Duration::from_secs(8 * 3600)).await.expect("a step");
    let detail = world.engine.prove_job(&job, &world.tenant().await, &Silent, &Stop::new()).await.expect("a look");
    assert!(detail.proofs.executed > 0, "{:?}", detail.proofs);
}
