//! A journal that cannot be written: a named error, and nothing is sent.

use muster_engine::{Error, JobOptions, Kind, Stop, Trust};
use muster_model::commands::Command;
use muster_store::{Kind as StoreKind, args};

use crate::world::{Heard, TENANT, World, at_once, counts};

/// What the store says was the matter.
fn cause(error: &Error) -> StoreKind {
    match error {
        Error::Journal { source, .. } => source.kind(),
        other => panic!("not the journal: {other}"),
    }
}

/// Leaves room for so many pages more (or, with 0, for none at all).
async fn room(world: &World, pages: i64) {
    let row = world.database.fetch("pragma page_count", args![]).await.expect("counted");
    let count: i64 = row[0].get("page_count").expect("a number");
    let sql = format!("pragma max_page_count = {}", count + pages);
    world.database.fetch(sql, args![]).await.expect("limited");
}

#[tokio::test]
async fn a_full_disk_is_told_before_anything_is_sent_and_the_job_goes_on_when_there_is_room() {
    let world = World::new(200).await;
    let job = world.start(world.commands(Command::SyncDevice, 200), JobOptions { lanes: 2, ..at_once() }).await;
    let tenant = world.tenant().await;

    // At every stage of the filling, what was sent is in the journal.
    let mut sent = 0;
    for pages in [0, 0, 1, 2, 4] {
        room(&world, pages).await;
        let error = world.engine.run(&job, &tenant, &Heard::default(), &Stop::new()).await.expect_err("full");
        assert_eq!((error.kind(), cause(&error)), (Kind::Journal, StoreKind::Full), "{error}");
        assert_eq!(error.to_string(), "the journal cannot be written; nothing was sent that is not in it");
        world.advance(std::time::Duration::from_secs(10)).await;
        let counts = world.engine.job(&job.to_string()).await.expect("the job").counts;
        sent = world.effects().await.values().filter(|count| **count > 0).count() as u64;
        assert!(sent <= counts.done + counts.sending, "{sent} {counts:?}");
    }
    assert!(sent < 200);

    room(&world, 10_000).await;
    assert_eq!(world.run(&job).await.counts, counts(200, 0, 0, 0));
    let effects = world.effects().await;
    for device in &world.devices {
        assert_eq!(effects[&(device.id.0.0, "SyncDevice".to_owned())], 1);
    }
}

#[tokio::test]
async fn a_plan_that_cannot_be_kept_whole_is_not_kept_at_all() {
    let world = World::new(100).await;
    room(&world, 1).await;
    let error = world.engine.propose(world.commands(Command::SyncDevice, 100), "ada", TENANT).await;
    assert_eq!(cause(&error.expect_err("full")), StoreKind::Full);
    assert!(world.engine.plans().await.expect("a list").is_empty());
    assert_eq!(world.engine.verify_audit(&Trust::default()).await.expect("holds").records, 0);
}

#[tokio::test]
async fn a_database_that_may_not_be_written_is_told() {
    let world = World::new(1).await;
    let job = world.start(world.commands(Command::SyncDevice, 1), JobOptions::default()).await;
    world.database.fetch("pragma query_only = on", args![]).await.expect("closed");
    let error = world.engine.run(&job, &world.tenant().await, &Heard::default(), &Stop::new()).await;
    assert_eq!(cause(&error.expect_err("read-only")), StoreKind::ReadOnly);
    assert!(world.effects().await.iter().all(|((_, command), _)| command != "SyncDevice"));
}
