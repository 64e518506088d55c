//! What lasts: a folder keeps its tenant, and one process at a time has it.

use std::path::Path;

use muster_store::{Database, Options};
use muster_uem::{Kind, Pace, Settings, start};
use reqwest::Method;
use serde_json::json;

use crate::caller::{Caller, id, read};

fn settings(folder: &Path) -> Settings {
    Settings { devices: 40, fleet: Pace::Stepped, ..Settings::in_folder(folder) }
}

#[tokio::test]
async fn a_restart_keeps_everything() {
    let folder = tempfile::tempdir().expect("a folder");
    let caller = Caller::of(settings(folder.path())).await;
    let before = caller.tenant.ready.clone();
    let devices = caller.get("/API/v1/devices/search").await.json();
    let device = id(&devices["Devices"][0]);
    caller.put(&format!("/API/v1/devices/{device}"), json!({"Tags": ["Kept"]})).await.nothing(200);
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &before.oauth.client_id),
        ("client_secret", &before.oauth.client_secret),
    ];
    let token = read(caller.bare(Method::POST, "/connect/token").form(&form)).await.json();
    caller.tenant.stop().await;

    // More devices and another seed are not asked for a second time.
    let caller = Caller::of(Settings { devices: 70, seed: 9, ..settings(folder.path()) }).await;
    let after = caller.tenant.ready.clone();
    assert_eq!((&after.tenant_code, &after.password), (&before.tenant_code, &before.password));
    assert_eq!(after.oauth.client_secret, before.oauth.client_secret);
    assert_eq!(after.organization_group, before.organization_group);
    let seen = caller.get("/API/v1/devices/search").await.json();
    assert_eq!((&seen["Total"], id(&seen["Devices"][0])), (&json!(40), device));
    let kept = caller.get(&format!("/API/v1/devices/{device}")).await.json();
    assert!(kept["Tags"].as_array().expect("tags").contains(&json!("Kept")));
    let bearer = token["access_token"].as_str().expect("a token");
    assert_eq!(read(caller.bare(Method::GET, "/api/system/info").bearer_auth(bearer)).await.status, 200);
    caller.tenant.stop().await;
}

#[tokio::test]
async fn a_first_start_that_was_interrupted_begins_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let caller = Caller::of(settings(folder.path())).await;
    let first = caller.get("/API/v1/devices/search").await.json();
    // As if the process had died before the fleet was complete.
    for sql in ["delete from settings", "delete from devices where id > 20"] {
        caller.tenant.database().execute(sql, vec![]).await.expect("deletes");
    }
    caller.tenant.stop().await;
    let caller = Caller::of(settings(folder.path())).await;
    let second = caller.get("/API/v1/devices/search").await.json();
    let serials = |page: &serde_json::Value| {
        let rows = page["Devices"].as_array().expect("devices");
        rows.iter().map(|row| row["SerialNumber"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(serials(&second), serials(&first));
    caller.tenant.stop().await;
}

#[tokio::test]
async fn a_folder_has_one_tenant_at_a_time() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = start(settings(folder.path())).await.expect("starts");
    let error = start(settings(folder.path())).await.expect_err("is taken");
    assert_eq!(error.kind(), Kind::Locked);
    let text = error.to_string();
    assert!(text.contains(&*folder.path().to_string_lossy()) && text.contains("in use"), "{text}");
    first.stop().await;
    start(settings(folder.path())).await.expect("is free again").stop().await;
}

#[tokio::test]
async fn secrets_are_random_private_and_nowhere_in_the_database() {
    let (one, other) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (first, second) =
        (start(settings(one.path())).await.expect("starts"), start(settings(other.path())).await.expect("starts"));
    let (mine, theirs) = (first.ready.clone(), second.ready.clone());
    assert_ne!(mine.tenant_code, theirs.tenant_code);
    assert_ne!(mine.password, theirs.password);
    assert_ne!(mine.oauth.client_secret, theirs.oauth.client_secret);
    first.stop().await;
    second.stop().await;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(one.path().join("credentials.json")).expect("is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    for file in std::fs::read_dir(one.path()).expect("lists") {
        let path = file.expect("a file").path();
        if path.file_name().is_some_and(|name| name != "credentials.json") {
            let bytes = std::fs::read(&path).expect("reads");
            for secret in [&mine.tenant_code, &mine.password, &mine.oauth.client_secret] {
                let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
                assert!(!found, "{} holds a secret", path.display());
            }
        }
    }
}

#[tokio::test]
async fn without_its_file_of_credentials_a_tenant_gives_out_new_ones() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = start(settings(folder.path())).await.expect("starts");
    let old = first.ready.clone();
    first.stop().await;
    std::fs::remove_file(folder.path().join("credentials.json")).expect("removes");
    let caller = Caller::of(settings(folder.path())).await;
    assert_ne!(caller.tenant.ready.password, old.password);
    assert_eq!(caller.get("/api/system/info").await.status, 200);
    let stale = caller.bare(Method::GET, "/api/system/info").basic_auth(&old.username, Some(&old.password));
    let stale = stale.header("aw-tenant-code", &old.tenant_code);
    assert_eq!(read(stale).await.status, 403);
    caller.tenant.stop().await;

    std::fs::write(folder.path().join("credentials.json"), "{}").expect("writes");
    let error = start(settings(folder.path())).await.expect_err("is damaged");
    assert_eq!(error.kind(), Kind::File);
}

#[tokio::test]
async fn an_address_that_is_taken_is_named() {
    let caller = Caller::of(Settings { devices: 5, ..Settings::in_memory() }).await;
    let taken = caller.tenant.url.socket_addrs(|| None).expect("an address")[0];
    let error = start(Settings { listen: taken, devices: 5, ..Settings::in_memory() }).await.expect_err("is taken");
    assert_eq!(error.kind(), Kind::Listen);
    assert!(error.to_string().contains(&taken.to_string()));
}

/// A folder as the first version left it.
async fn first_version(folder: &Path) {
    let path = folder.join("tenant.db");
    let database = Database::open(&format!("sqlite:{}", path.display()), Options::default()).await.expect("opens");
    for statement in include_str!("../fixtures/first_version.sql").split_inclusive(";\n") {
        database.execute(statement.trim().to_owned(), vec![]).await.expect("fills");
    }
    database.close().await;
    let credentials = include_str!("../fixtures/first_version.credentials.json");
    std::fs::write(folder.join("credentials.json"), credentials).expect("writes");
}

#[tokio::test]
async fn a_folder_of_the_first_version_is_brought_up_to_date() {
    let folder = tempfile::tempdir().expect("a folder");
    first_version(folder.path()).await;
    let caller = Caller::of(settings(folder.path())).await;
    let ready = &caller.tenant.ready;
    assert_eq!(ready.username, "api-service-account");
    let devices = caller.get("/API/v1/devices/search").await.json();
    assert_eq!(devices["Total"], 6);
    let device = id(&devices["Devices"][0]);
    let history = caller.get(&format!("/API/v1/devices/{device}/commands")).await.json();
    assert_eq!(history["Commands"][0]["CommandUuid"], "4e605fd0-b90b-4288-923c-61775f1847b1");
    let tags = caller.get(&format!("/API/v1/devices/{device}")).await.json()["Tags"].clone();
    assert!(tags.as_array().expect("tags").contains(&json!("Old")), "{tags}");
    // What is new works on it, and the devices live on.
    caller.post(&format!("/API/v1/devices/{device}/commands"), json!({"Command": "SyncDevice"})).await.json();
    caller.wait(std::time::Duration::from_secs(3600)).await;
    caller.tenant.stop().await;
    let again = Caller::of(settings(folder.path())).await;
    assert_eq!(again.get(&format!("/API/v1/devices/{device}/commands")).await.json()["Total"], 2);
    again.tenant.stop().await;
}
