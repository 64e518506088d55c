//! The same fleet on both databases: seeded, commanded, given an app, and stepped.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use muster_store::testing::Postgres;
use muster_store::{Clock, Database, ManualClock, Options, args};

use super::{Fleet, seed, wake};
use crate::settings::Settings;
use crate::store;

const TABLES: [(&str, &str); 6] = [
    ("devices", "id"),
    ("users", "id"),
    ("commands", "id"),
    ("device_apps", "device_id, app_id"),
    ("device_compliance", "device_id, policy_id"),
    ("events", "at, device_id, event"),
];

/// Lives two days with a command for every third device and one app for everybody; all rows as text.
async fn lived(url: &str) -> Vec<(&'static str, Vec<String>)> {
    let database = Database::open(url, Options::default()).await.expect("opens");
    let settings = Settings { devices: 600, ..Settings::in_memory() };
    let start = Timestamp::from_second(1_767_600_000).expect("a moment");
    store::migrate(&database).await.expect("migrates");
    store::tenant::prepare(&database, start).await.expect("prepares");
    seed(&database, &settings, start).await.expect("seeds");
    let mut tx = database.begin().await.expect("begins");
    let words = ["SyncDevice", "EnableDeviceEncryption", "ClearPasscode", "InstallOSUpdate", "EnterpriseWipe", "Lock"];
    for number in 0..200i64 {
        let insert = "insert into commands (id, uuid, device_id, command, parameters, application_id, status, reason, \
                      requested_by, queued_at, sent_at, finished_at, due_at, tries) \
                      values ($1, $2, $3, $4, '{}', null, 'Queued', '', 'test', $5, null, null, $5, 0)";
        let word = words[number as usize % words.len()];
        let device = number * 3 + 1;
        tx.execute(insert, args![number + 1, format!("command-{number}"), device, word, start]).await.expect("queues");
        wake(&mut tx, &[device], start, settings.speed).await.expect("wakes");
    }
    let app: i64 = tx
        .fetch_one("select id from apps where name = 'Google Chrome'", args![])
        .await
        .and_then(|row| row.get("id"))
        .expect("an app");
    let assign = "insert into app_assignments (app_id, smart_group_id, push_mode, parameters, created_at) \
                  select $1, id, 'Auto', '{}', $2 from smart_groups where name = 'All Devices'";
    tx.execute(assign, args![app, start]).await.expect("assigns");
    let operation = "insert into operations (uuid, kind, status, progress, error, subject_id, created_at, updated_at) \
                     values ('operation', 'AppPublish', 'Pending', 0, '', $1, $2, $2)";
    tx.execute(operation, args![app, start]).await.expect("starts");
    tx.commit().await.expect("commits");

    let clock = ManualClock::at(start);
    let fleet = Fleet::new(database.clone(), Arc::new(clock.clone()), settings.seed, settings.speed);
    for hours in [1, 5, 18, 24] {
        clock.advance(Duration::from_secs(hours * 3_600));
        let lived = fleet.step().await.expect("steps");
        assert!(lived.turns > 0);
        assert!(lived.next.is_some_and(|next| next > clock.now().as_microsecond()));
    }
    let mut tables = Vec::new();
    for (table, order) in TABLES {
        let rows = database.fetch(format!("select * from {table} order by {order}"), args![]).await.expect("reads");
        tables.push((table, rows.iter().map(|row| format!("{row:?}")).collect()));
    }
    tables
}

#[tokio::test]
async fn both_databases_hold_the_same_fleet() {
    let sqlite = lived("sqlite::memory:").await;
    for (table, rows) in &sqlite {
        assert!(!rows.is_empty(), "{table}");
    }
    let postgres = Postgres::shared().expect("starts where it is installed");
    let Some(postgres) = postgres else { return };
    let postgres = lived(&postgres.database().await.expect("a database")).await;
    for ((table, one), (_, other)) in sqlite.iter().zip(&postgres) {
        assert_eq!(one, other, "{table}");
    }
}
