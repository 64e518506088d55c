//! Tenants whose devices live: time is stepped, nothing is asked over the network.

use std::collections::BTreeMap;
use std::time::Duration;

use muster_store::{Database, Value, args};
use muster_uem::{Data, Running, Settings, start};

const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

async fn tenant(devices: u32, seed: u64) -> Running {
    start(Settings { devices, seed, ..Settings::in_memory() }).await.expect("the tenant starts")
}

/// Counts by a text column named `name`.
async fn counts(running: &Running, sql: &'static str) -> BTreeMap<String, i64> {
    let rows = running.database().fetch(sql, args![]).await.expect("reads");
    rows.iter().map(|row| (row.get("name").expect("a name"), row.get("count").expect("a count"))).collect()
}

async fn number(database: &Database, sql: String, args: Vec<Value>) -> i64 {
    database.fetch_one(sql, args).await.expect("reads").get("n").expect("a number")
}

/// Every row of a table as text, but only of devices up to an id.
async fn dump(running: &Running, table: &str, order: &str, until: i64) -> Vec<String> {
    let column = if table == "devices" { "id" } else { "device_id" };
    let sql = format!("select * from {table} where {column} <= {until} order by {order}");
    let rows = running.database().fetch(sql, args![]).await.expect("reads");
    rows.iter().map(|row| format!("{row:?}")).collect()
}

const TABLES: [(&str, &str); 5] = [
    ("devices", "id"),
    ("device_compliance", "device_id, policy_id"),
    ("device_apps", "device_id, app_id"),
    ("device_tags", "device_id, tag_id"),
    ("events", "device_id, at, event"),
];

#[tokio::test]
async fn the_same_seed_and_the_same_steps_make_the_same_fleet() {
    let (one, other, another) = (tenant(300, 5).await, tenant(300, 5).await, tenant(300, 6).await);
    for running in [&one, &other, &another] {
        running.step(HOUR).await.expect("steps");
        running.step(2 * DAY).await.expect("steps");
    }
    for (table, order) in TABLES {
        let rows = dump(&one, table, order, 300).await;
        assert!(!rows.is_empty(), "{table}");
        assert_eq!(rows, dump(&other, table, order, 300).await, "{table}");
        assert_ne!(rows, dump(&another, table, order, 300).await, "{table}");
    }
}

#[tokio::test]
async fn the_same_seed_has_the_same_history_however_its_time_is_cut() {
    let (one, other, another) = (tenant(150, 5).await, tenant(150, 5).await, tenant(150, 6).await);
    assert_eq!(one.history().await.expect("reads").events, 0);
    for running in [&one, &another] {
        running.step(2 * DAY).await.expect("steps");
    }
    for _ in 0..16 {
        other.step(3 * HOUR).await.expect("steps");
    }
    let (one, other, another) =
        (one.history().await.expect("reads"), other.history().await.expect("reads"), another.history().await);
    assert!(one.events > 150 * 2 * 4, "{one:?}");
    assert_eq!(one, other);
    assert_eq!(one.hash().len(), 32);
    assert_ne!(one.hash(), another.expect("reads").hash());
}

#[tokio::test]
async fn a_fleet_keeps_its_history_through_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = Settings { devices: 40, data: Data::Folder(folder.path().into()), ..Settings::in_memory() };
    let running = start(settings.clone()).await.expect("the tenant starts");
    running.step(DAY).await.expect("steps");
    let before = running.history().await.expect("reads");
    running.stop().await;
    let running = start(settings).await.expect("it starts again");
    assert!(before.events > 0);
    assert_eq!(running.history().await.expect("reads"), before);
}

#[tokio::test]
async fn a_smaller_fleet_is_the_beginning_of_a_larger_one_and_lives_like_it() {
    let (small, large) = (tenant(120, 5).await, tenant(400, 5).await);
    // How finely time is stepped makes no difference to a device.
    small.step(DAY).await.expect("steps");
    for _ in 0..24 {
        large.step(HOUR).await.expect("steps");
    }
    for (table, order) in TABLES.into_iter().filter(|(table, _)| *table != "events") {
        assert_eq!(dump(&small, table, order, 120).await, dump(&large, table, order, 120).await, "{table}");
    }
}

#[tokio::test]
async fn shares_are_those_of_a_real_tenant() {
    let running = tenant(2_000, 1).await;
    let database = running.database();
    let platforms = counts(&running, "select platform as name, count(*) as count from devices group by platform").await;
    for (platform, range) in
        [("Apple", 580..780), ("WinRT", 520..680), ("Android", 370..510), ("AppleOsX", 170..270), ("Linux", 8..50)]
    {
        assert!(range.contains(&platforms[platform]), "{platform}: {platforms:?}");
    }
    let broken = "select count(*) as n from devices where compliance_status = 'NonCompliant'";
    let broken = number(database, broken.to_owned(), args![]).await;
    assert!((140..260).contains(&broken), "{broken}");
    let rooted = number(database, "select count(*) as n from devices where compromised = 1".to_owned(), args![]).await;
    assert!((2..20).contains(&rooted), "{rooted}");
    let twice = "select count(*) as n from (select serial_number from devices group by serial_number \
                 having count(*) = 2 and sum(case when enrollment_status = 'Enrolled' then 1 else 0 end) = 1) as t";
    let twice = number(database, twice.to_owned(), args![]).await;
    assert!((4..9).contains(&twice), "{twice}");
    let thrice = "select count(*) as n from (select serial_number from devices group by serial_number \
                  having count(*) > 2) as t";
    assert_eq!(number(database, thrice.to_owned(), args![]).await, 0);
    let users = number(database, "select count(*) as n from users".to_owned(), args![]).await;
    assert!((1_550..1_650).contains(&users), "{users}");
    // What the API promises of a row: compliance and policies agree.
    let odd = "select count(*) as n from devices d where (compliance_status = 'NonCompliant') <> exists \
               (select 1 from device_compliance c where c.device_id = d.id and c.compliant = 0)";
    assert_eq!(number(database, odd.to_owned(), args![]).await, 0);
}

#[tokio::test]
async fn the_things_that_the_guides_examples_name_exist_once() {
    let running = tenant(50, 9).await;
    for (table, names) in [
        ("user_groups", &["IT Admins", "All Users", "HR Team", "Sales Team"][..]),
        ("apps", &["Microsoft Office 365", "Adobe Acrobat Reader DC", "Google Chrome"]),
        ("smart_groups", &["All Devices", "All Windows Devices"]),
        ("compliance_policies", &["Device Encryption", "Passcode Policy", "OS Version", "Jailbreak/Root Detection"]),
    ] {
        for name in names {
            // The guide takes the first entry whose name contains the text.
            let sql = format!("select count(*) as n from {table} where name like $1");
            let found = number(running.database(), sql, args![format!("%{name}%")]).await;
            assert_eq!(found, 1, "{table}: {name}");
        }
    }
    let versions = "select count(*) as n from apps where name = 'Zoom Workplace' and platform = 'WinRT'";
    assert_eq!(number(running.database(), versions.to_owned(), args![]).await, 2);
    let taken = "select count(*) as n from users where username in ('john.doe', 'jane.smith', 'bob.johnson')";
    assert_eq!(number(running.database(), taken.to_owned(), args![]).await, 0);
}
