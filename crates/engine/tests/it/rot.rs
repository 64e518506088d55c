//! A journal that rots: bits flip, the end is cut off, a row is edited. Whatever it still does, it never does to a device
//! what nobody planned.

use std::path::Path;
use std::sync::Arc;

use muster_engine::{Engine, Error, GuardPolicy, JobId, Silent, Stop};
use muster_model::commands::Command;
use muster_store::{Database, Options, SystemClock, args};

use crate::world::{World, at_once};

/// Devices that are in the plan; as many others are not.
const PLANNED: usize = 5;

async fn go_on(path: &Path, world: &World, job: &JobId) -> Result<(), String> {
    let address = format!("sqlite:{}", path.display());
    let database = Database::open(&address, Options::default()).await.map_err(|error| error.to_string())?;
    let engine = Engine::open(database, Arc::new(SystemClock), GuardPolicy::default()).await;
    let engine = engine.map_err(|error| error.to_string())?.alone();
    let tenant = world.tenant().await;
    engine.run(job, &tenant, &Silent, &Stop::new()).await.map(|_| ()).map_err(|error| error.to_string())
}

/// The journal with one thing wrong: a bit flipped, the end cut off, two blocks swapped, a block zeroed. The step says
/// how many of each kind are left out.
fn rotten(whole: &[u8], step: usize) -> impl Iterator<Item = (String, Vec<u8>)> {
    const BLOCK: usize = 4_096;
    let blocks = whole.len() / BLOCK;
    let flipped = (0..whole.len()).step_by(step * 13).enumerate().map(move |(number, byte)| {
        let mut rotten = whole.to_vec();
        rotten[byte] ^= 1 << (number % 8);
        (format!("bit {} of byte {byte}", number % 8), rotten)
    });
    let cut = (0..whole.len()).step_by(step * 37).map(move |end| (format!("ends at {end}"), whole[..end].to_vec()));
    let swapped = (0..blocks - 1).step_by(step.div_ceil(50)).map(move |block| {
        let mut rotten = whole.to_vec();
        let (one, two) = rotten.split_at_mut((block + 1) * BLOCK);
        one[block * BLOCK..].swap_with_slice(&mut two[..BLOCK]);
        (format!("block {block} swapped with the next"), rotten)
    });
    let zeroed = (0..blocks).step_by(step.div_ceil(50)).map(move |block| {
        let mut rotten = whole.to_vec();
        rotten[block * BLOCK..(block + 1) * BLOCK].fill(0);
        (format!("block {block} zeroed"), rotten)
    });
    flipped.chain(cut).chain(swapped).chain(zeroed)
}

/// Goes on from every rotten form of two journals: of a job that has not begun, and of one that is through.
async fn rot(step: usize) {
    let world = World::new(2 * PLANNED as u32).await;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal.db");
    let job = world.start(world.commands(Command::SyncDevice, PLANNED), at_once()).await;
    let rows = world.database.fetch("select file from pragma_database_list where name = 'main'", args![]).await;
    let file: String = rows.expect("a list")[0].get("file").expect("a path");
    for through in [true, false] {
        let begun = world.effects().await;
        if through {
            // Kept aside, so that the other journal is of a job that nobody has begun.
            world.database.fetch("pragma wal_checkpoint(truncate)", args![]).await.expect("one file");
            std::fs::copy(&file, folder.path().join("before.db")).expect("copied");
            world.run(&job).await;
        }
        world.database.fetch("pragma wal_checkpoint(truncate)", args![]).await.expect("one file");
        let from = if through { file.clone() } else { folder.path().join("before.db").display().to_string() };
        let whole = std::fs::read(from).expect("reads");
        let sent = world.effects().await;
        assert_eq!(sent.len(), begun.len() + if through { PLANNED } else { 0 });
        let (mut told, mut tried) = (0, 0);
        for (what, rotten) in rotten(&whole, step) {
            for name in ["journal.db", "journal.db-wal", "journal.db-shm"] {
                let _ = std::fs::remove_file(folder.path().join(name));
            }
            std::fs::write(&path, rotten).expect("writes");
            tried += 1;
            told += usize::from(go_on(&path, &world, &job).await.is_err());
            if through {
                assert_eq!(world.effects().await, sent, "{what}: what was done is done again");
            }
        }
        assert!(told > tried / 4, "{told} of {tried}");
    }
    let planned: Vec<i64> = world.devices[..PLANNED].iter().map(|device| device.id.0.0).collect();
    for ((device, command), count) in world.effects().await {
        assert!(planned.contains(&device) && command == "SyncDevice", "{command} for {device}, {count} times");
    }
}

#[tokio::test]
async fn a_rotten_journal_sends_nothing_that_was_not_planned_and_nothing_again() {
    rot(400).await;
}

/// For the note on reliability: `cargo test -p muster-engine --release rot:: -- --ignored`.
#[tokio::test]
#[ignore = "takes an hour"]
async fn a_journal_that_is_rotten_anywhere() {
    rot(1).await;
}

#[tokio::test]
async fn an_item_that_was_edited_after_its_job_began_is_not_sent() {
    let world = World::new(2).await;
    let job = world.start(world.commands(Command::SyncDevice, 1), at_once()).await;
    let (one, other) = (world.devices[0].id.0, world.devices[1].id.0);
    let sql = format!("update plan_items set target = replace(target, '\"id\":{one},', '\"id\":{other},')");
    world.database.execute(sql, args![]).await.expect("edited");
    let tenant = world.tenant().await;
    let error = world.engine.run(&job, &tenant, &Silent, &Stop::new()).await.expect_err("it shows");
    assert!(matches!(&error, Error::Corrupt { what: "plan item", .. }), "{error}");
    assert!(world.effects().await.is_empty());
}
