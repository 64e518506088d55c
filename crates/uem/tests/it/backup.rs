//! A tenant in one file: taken while it runs, put back on either engine.

use std::path::Path;

use muster_store::testing::Postgres;
use muster_uem::{Data, Kind, Pace, Settings, backup, restore};
use serde_json::{Value, json};

use crate::caller::{Caller, id};

fn settings(data: Data) -> Settings {
    Settings { devices: 60, fleet: Pace::Stepped, ..Settings { data, ..Settings::in_folder("") } }
}

/// What a caller can see: everything about devices, and a command's history.
async fn seen(caller: &Caller) -> Value {
    let devices = caller.get("/API/v1/devices/search?pagesize=100").await.json();
    let device = id(&devices["Devices"][0]);
    let history = caller.get(&format!("/API/v1/devices/{device}/commands")).await.json();
    json!([devices, history, caller.get("/api/system/users/search").await.json()])
}

/// A tenant that has been used.
async fn used(data: Data) -> (Caller, i64) {
    let caller = Caller::of(settings(data)).await;
    let devices = caller.get("/API/v1/devices/search").await.json();
    let device = id(&devices["Devices"][0]);
    caller.post(&format!("/API/v1/devices/{device}/commands"), json!({"Command": "Lock"})).await.json();
    caller.put(&format!("/API/v1/devices/{device}"), json!({"Tags": ["Kept"]})).await.nothing(200);
    (caller, device)
}

async fn goes_from(source: Data, target: Data, folder: &Path) {
    let (caller, device) = used(source.clone()).await;
    let (before, ready) = (seen(&caller).await, caller.tenant.ready.clone());
    let file = folder.join("tenant.backup");
    let written = backup(&source, &file).await.expect("is written while the tenant runs");
    assert!(written.tables > 20 && written.rows > 500, "{written:?}");
    // What comes later is not in it.
    caller.post(&format!("/API/v1/devices/{device}/commands"), json!({"Command": "SyncDevice"})).await.json();
    caller.tenant.stop().await;

    assert_eq!(restore(&file, &target).await.expect("is restored"), written);
    let caller = Caller::of(settings(target.clone())).await;
    assert_eq!(seen(&caller).await, before);
    assert_eq!(
        (&caller.tenant.ready.password, &caller.tenant.ready.tenant_code),
        (&ready.password, &ready.tenant_code)
    );
    // Numbers go on where they were.
    caller.post(&format!("/API/v1/devices/{device}/commands"), json!({"Command": "Lock"})).await.json();
    caller.tenant.stop().await;
    let error = restore(&file, &target).await.expect_err("there is a tenant");
    assert!(error.to_string().contains("there is a tenant already"), "{error}");
}

#[tokio::test]
async fn a_folder_comes_back_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = |name| Data::Folder(folder.path().join(name));
    goes_from(data("one"), data("other"), folder.path()).await;
}

#[tokio::test]
async fn a_tenant_moves_from_one_engine_to_the_other_and_back() {
    let Some(server) = Postgres::shared().expect("starts") else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let beside = async |name: &str| Data::Beside {
        folder: folder.path().join(name),
        database: server.database().await.expect("a database"),
    };
    let (first, second) = (folder.path().join("first"), folder.path().join("second"));
    for path in [&first, &second] {
        std::fs::create_dir(path).expect("makes");
    }
    goes_from(Data::Folder(folder.path().join("a")), beside("b").await, &first).await;
    goes_from(beside("c").await, Data::Folder(folder.path().join("d")), &second).await;
}

#[tokio::test]
async fn half_a_backup_is_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = |name: &str| Data::Folder(folder.path().join(name));
    let missing = backup(&data("nowhere"), &folder.path().join("file")).await.expect_err("no tenant");
    assert!(missing.kind() == Kind::File && missing.to_string().contains("no tenant"), "{missing}");
    let (caller, _) = used(data("one")).await;
    let file = folder.path().join("whole");
    backup(&data("one"), &file).await.expect("is written");
    caller.tenant.stop().await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(&file).expect("is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "it holds the credentials");
    }
    let whole = std::fs::read_to_string(&file).expect("reads");
    let lines: Vec<&str> = whole.lines().collect();
    let without_a_row = [&lines[..5], &lines[6..]].concat().join("\n");
    let newer = whole.replacen("0001_tenant", "0001_tenant\",\"9999_later", 1);
    for (name, text, why) in [
        ("cut", &whole[..whole.len() / 2], "no whole backup"),
        ("short", &lines[..lines.len() - 1].join("\n"), "ends early"),
        ("hole", &without_a_row, ""),
        ("newer", &newer, "newer muster"),
        ("other", "{\"hello\":1}\n", "cannot be read"),
    ] {
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("writes");
        let error = restore(&path, &data(&format!("{name}.tenant"))).await.expect_err(name);
        assert!(error.to_string().contains(why), "{name}: {error}");
    }
}
