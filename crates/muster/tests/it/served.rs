//! A served UEM as a process: what it acknowledged outlives it, and it fits into one file.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::tenant::{Ready, Tenant, block_on, json as json_of, serve};

fn http() -> reqwest::Client {
    // Whoever comes second finds it installed.
    let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    reqwest::Client::builder().no_proxy().retry(reqwest::retry::never()).build().expect("a client")
}

async fn get(http: &reqwest::Client, ready: &Ready, path: &str) -> Value {
    let request = http.get(format!("{}{path}", ready.url)).basic_auth(&ready.username, Some(&ready.password));
    let answer = request.header("aw-tenant-code", &ready.tenant_code).send().await.expect("an answer");
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    serde_json::from_slice(&answer.bytes().await.expect("a body")).expect("JSON")
}

/// Sends commands to a device until nobody answers; answers with the UUIDs of those that were accepted.
async fn stream(http: reqwest::Client, ready: Ready, device: i64, accepted: Arc<AtomicU64>) -> Vec<String> {
    let mut known = Vec::new();
    loop {
        let request = http
            .post(format!("{}/API/v1/devices/{device}/commands", ready.url))
            .basic_auth(&ready.username, Some(&ready.password))
            .header("aw-tenant-code", &ready.tenant_code)
            .header("content-type", "application/json")
            .body(json!({"Command": "SyncDevice"}).to_string());
        let Ok(answer) = request.send().await else { return known };
        if !answer.status().is_success() {
            return known;
        }
        let Ok(body) = answer.bytes().await else { return known };
        let body: Value = serde_json::from_slice(&body).expect("JSON");
        known.push(body["CommandUuid"].as_str().expect("a UUID").to_owned());
        accepted.fetch_add(1, Ordering::SeqCst);
    }
}

#[test]
fn every_command_that_was_acknowledged_outlives_a_kill() {
    let mut tenant = Tenant::serve(&["--devices", "40"]);
    let mut expected: Vec<(i64, String)> = Vec::new();
    for round in 1..=3_u64 {
        let ready = tenant.ready.clone();
        let (known, killed) = block_on(async {
            let http = http();
            let found = get(&http, &ready, "/API/v1/devices/search").await;
            let devices = found["Devices"].as_array().expect("devices");
            let enrolled = devices.iter().filter(|device| device["EnrollmentStatus"] == "Enrolled");
            let ids: Vec<i64> =
                enrolled.take(16).map(|device| device["Id"]["Value"].as_i64().expect("an id")).collect();
            let accepted = Arc::new(AtomicU64::new(0));
            let streams: Vec<_> = ids
                .iter()
                .map(|id| tokio::spawn(stream(http.clone(), ready.clone(), *id, Arc::clone(&accepted))))
                .collect();
            // In the middle of the stream, at another moment each time.
            while accepted.load(Ordering::SeqCst) < 150 + 70 * round {
                tokio::task::yield_now().await;
            }
            let killed = tenant.stopped();
            let mut known = Vec::new();
            for (id, stream) in ids.into_iter().zip(streams) {
                known.extend(stream.await.expect("ends").into_iter().map(|uuid| (id, uuid)));
            }
            (known, killed)
        });
        assert!(known.len() >= 200);
        expected.extend(known);
        tenant = killed.started();
        let found = block_on(async {
            let http = http();
            let mut found = std::collections::BTreeMap::new();
            for (id, uuid) in &expected {
                if !found.contains_key(id) {
                    let history = get(&http, &tenant.ready, &format!("/API/v1/devices/{id}/commands")).await;
                    let commands = history["Commands"].as_array().expect("commands").clone();
                    let uuids: std::collections::BTreeSet<String> =
                        commands.iter().map(|one| one["CommandUuid"].as_str().expect("a UUID").to_owned()).collect();
                    assert_eq!(uuids.len(), commands.len(), "none is there twice");
                    found.insert(*id, uuids);
                }
                assert!(found[id].contains(uuid), "round {round}: {uuid} was acknowledged and is gone");
            }
            found.values().map(std::collections::BTreeSet::len).sum::<usize>()
        });
        // What was on its way when the process died may be there or not; no more than one for each stream.
        let unknown = found - expected.len();
        assert!(unknown <= 16 * round as usize, "{unknown} commands that nobody heard of");
    }
}

#[test]
fn a_backup_of_a_served_uem_becomes_another_one() {
    let tenant = Tenant::serve(&["--devices", "30"]);
    let made = json_of(&tenant.home.run(&["uem", "backup", "it.backup", "--data", "uem", "-o", "json"]).success());
    assert!(made["rows"].as_u64().expect("a number") > 200, "{made}");
    let (old, home) = (tenant.ready.clone(), crate::tenant::Home::new());
    let file = tenant.home.path("it.backup").display().to_string();
    let restored = json_of(&home.run(&["uem", "restore", &file, "--data", "uem", "-o", "json"]).success());
    assert_eq!((&restored["rows"], &restored["tables"]), (&made["rows"], &made["tables"]));
    home.run(&["uem", "restore", &file, "--data", "uem"]).failure();
    let (mut child, ready) = serve(&home, &[]);
    assert_eq!((&ready.password, &ready.tenant_code), (&old.password, &old.tenant_code));
    let devices = block_on(async { get(&http(), &ready, "/API/v1/devices/search").await });
    assert_eq!(devices["Total"], 30);
    let _ = child.kill();
    let _ = child.wait();
}

#[test]
fn a_database_is_named_by_its_address_and_not_by_a_guess() {
    let home = crate::tenant::Home::new();
    for wrong in ["mysql://a/b", "tenant.db"] {
        let refused = home.run(&["uem", "serve", "--data", "uem", "--database", wrong]).failure();
        assert!(crate::tenant::stderr(&refused).contains("postgres://"), "{}", crate::tenant::stderr(&refused));
    }
}

#[test]
fn a_tenant_with_tls_is_trusted_by_its_ready_file() {
    let tenant = Tenant::serve(&["--devices", "20", "--tls", "--tls-name", "uem.example"]);
    assert!(tenant.ready.url.starts_with("https://"), "{}", tenant.ready.url);
    let authority = tenant.home.path("ready.ca.pem").canonicalize().expect("lies beside the ready file");
    // Without the authority it is a stranger, and with the ready file it is not.
    let stranger = tenant.run(&["devices", "search", "-o", "json"]).failure();
    assert_eq!(crate::tenant::envelope(&stranger)["code"], "E_TLS");
    tenant.home.run(&["context", "add", "secure", "--from", "ready.json", "--use"]).success();
    let devices = json_of(&tenant.home.run(&["devices", "search", "-o", "json"]).success());
    assert_eq!(devices.as_array().map(Vec::len), Some(20));
    let shown = json_of(&tenant.home.run(&["context", "show", "-o", "json"]).success());
    assert!(shown.to_string().contains(&*authority.to_string_lossy()), "{shown}");
}

#[test]
fn others_are_not_served_in_clear() {
    let home = crate::tenant::Home::new();
    let refused = home.run(&["uem", "serve", "--data", "uem", "--listen", "0.0.0.0:0", "-o", "json"]).failure();
    let envelope = crate::tenant::envelope(&refused);
    assert_eq!(envelope["code"], "E_IN_CLEAR");
    assert!(envelope.to_string().contains("--tls"), "{envelope}");
}
