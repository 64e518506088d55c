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

#[tokio::test]
async fn a_rotten_journal_sends_nothing_that_was_not_planned() {
    let world = World::new(2 * PLANNED as u32).await;
    let job = world.start(world.commands(Command::SyncDevice, PLANNED), at_once()).await;
    world.database.fetch("pragma wal_checkpoint(truncate)", args![]).await.expect("one file");
    let rows = world.database.fetch("select file from pragma_database_list where name = 'main'", args![]).await;
    let file: String = rows.expect("a list")[0].get("file").expect("a path");
    let whole = std::fs::read(&file).expect("reads");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("journal.db");

    let (mut told, mut tried) = (0, 0);
    let step = whole.len() / 120;
    for number in 0..160_usize {
        let mut rotten = whole.clone();
        if number < 120 {
            rotten[number * step + number % 97] ^= 1 << (number % 8);
        } else {
            rotten.truncate(whole.len() * (number - 119) / 41);
        }
        for name in ["journal.db", "journal.db-wal", "journal.db-shm"] {
            let _ = std::fs::remove_file(folder.path().join(name));
        }
        std::fs::write(&path, rotten).expect("writes");
        tried += 1;
        told += usize::from(go_on(&path, &world, &job).await.is_err());
    }
    assert!(told > 40, "{told} of {tried}");
    let planned: Vec<i64> = world.devices[..PLANNED].iter().map(|device| device.id.0.0).collect();
    for ((device, command), count) in world.effects().await {
        assert!(planned.contains(&device) && command == "SyncDevice", "{command} for {device}, {count} times");
    }
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
