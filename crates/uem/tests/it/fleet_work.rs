//! What callers ask of living devices: commands, wipes, apps. Asked over the guide dialect, time is stepped.

use std::collections::BTreeMap;
use std::time::Duration;

use base64::Engine as _;
use muster_store::{SystemClock, args};
use muster_uem::{Pace, Running, Settings, start};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

async fn tenant(devices: u32) -> Running {
    start(Settings { devices, seed: 4, ..Settings::in_memory() }).await.expect("the tenant starts")
}

/// One request; the status and the answer (`null` without a body).
async fn ask(running: &Running, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let ready = &running.ready;
    let basic =
        base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", ready.username, ready.password.as_str()));
    let body = body.map(|body| body.to_string()).unwrap_or_default();
    let request = format!(
        "{method} {path} HTTP/1.1\r\nHost: tenant\r\nConnection: close\r\nAuthorization: Basic {basic}\r\n\
         aw-tenant-code: {}\r\nAccept: application/json\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        ready.tenant_code.as_str(),
        body.len()
    );
    let address = (running.url.host_str().expect("a host"), running.url.port().expect("a port"));
    let mut stream = tokio::net::TcpStream::connect(address).await.expect("connects");
    stream.write_all(request.as_bytes()).await.expect("sends");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("reads");
    let (head, body) = answer.split_once("\r\n\r\n").expect("an answer");
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
    (status, if body.is_empty() { Value::Null } else { serde_json::from_str(body).expect("JSON") })
}

async fn get(running: &Running, path: &str) -> Value {
    let (status, answer) = ask(running, "GET", path, None).await;
    assert_eq!(status, 200, "{path}: {answer}");
    answer
}

async fn command(running: &Running, device: i64, body: Value) -> u16 {
    ask(running, "POST", &format!("/API/v1/devices/{device}/commands"), Some(body)).await.0
}

/// Status and reason of the newest command of a device.
async fn newest(running: &Running, device: i64) -> (String, String) {
    let history = get(running, &format!("/API/v1/devices/{device}/commands")).await;
    let record = &history["Commands"][0];
    (record["Status"].as_str().unwrap_or_default().into(), record["Reason"].as_str().unwrap_or_default().into())
}

/// Ids of devices that fulfil a condition.
async fn devices(running: &Running, condition: &str) -> Vec<i64> {
    let sql = format!("select id from devices where enrollment_status = 'Enrolled' and {condition} order by id");
    let rows = running.database().fetch(sql, args![]).await.expect("reads");
    rows.iter().map(|row| row.get("id").expect("an id")).collect()
}

async fn noncompliant(running: &Running) -> Vec<Value> {
    let answer = get(running, "/API/v1/devices/compliance/noncompliant").await;
    answer["Devices"].as_array().cloned().unwrap_or_default()
}

async fn app(running: &Running, name: &str) -> i64 {
    let answer = get(running, &format!("/API/v1/apps/search?applicationname={}", name.replace(' ', "%20"))).await;
    answer["Applications"][0]["Id"]["Value"].as_i64().expect("an app")
}

async fn smart_group(running: &Running, name: &str) -> i64 {
    let answer = get(running, &format!("/API/v1/smartgroups/search?name={}", name.replace(' ', "%20"))).await;
    answer["SmartGroups"][0]["SmartGroupId"].as_i64().expect("a group")
}

/// Assigns an app; the id of the operation.
async fn assign(running: &Running, app: i64, group: &str, push_mode: &str) -> String {
    let body =
        json!({"SmartGroupIds": [smart_group(running, group).await], "DeploymentParameters": {"PushMode": push_mode}});
    let (status, answer) = ask(running, "POST", &format!("/API/v1/apps/{app}/assignments"), Some(body)).await;
    assert_eq!(status, 200, "{answer}");
    answer["OperationId"].as_str().expect("an operation").into()
}

/// Rows of `/apps/{id}/devices`.
async fn app_rows(running: &Running, app: i64) -> Vec<Value> {
    get(running, &format!("/API/v1/apps/{app}/devices")).await["DeviceApps"].as_array().cloned().unwrap_or_default()
}

fn tally(rows: &[Value]) -> BTreeMap<&str, usize> {
    let mut tally = BTreeMap::new();
    for row in rows {
        *tally.entry(row["Status"].as_str().unwrap_or_default()).or_insert(0) += 1;
    }
    tally
}

#[tokio::test]
async fn a_device_within_reach_answers_within_a_minute_and_one_out_of_reach_when_it_returns() {
    let running = tenant(120).await;
    let here = devices(&running, "offline_until = 0").await;
    let away = devices(&running, "offline_until > 0 and offline_until < 100000000000000000").await;
    let lost = devices(&running, "offline_until > 100000000000000000").await;
    for device in [&here[..5], &away[..1], &lost[..1]].concat() {
        assert_eq!(command(&running, device, json!({"Command": "SyncDevice"})).await, 200);
        assert_eq!(newest(&running, device).await.0, "Queued");
    }
    running.step(MINUTE).await.expect("steps");
    for device in &here[..5] {
        let (status, reason) = newest(&running, *device).await;
        assert!(status == "Acknowledged" || (status == "Error" && !reason.is_empty()), "{status}");
    }
    assert_eq!(newest(&running, away[0]).await.0, "Queued");
    running.step(DAY).await.expect("steps");
    assert_ne!(newest(&running, away[0]).await.0, "Queued");
    assert_eq!(newest(&running, lost[0]).await.0, "Queued");
    // Both dialects see it: the log of the device has what was asked and what became of it.
    let log = get(&running, &format!("/api/mdm/devices/{}/eventlog?pagesize=50&page=0", here[0])).await;
    let events: Vec<&str> = log["DeviceEventLogEntries"]
        .as_array()
        .expect("entries")
        .iter()
        .filter_map(|entry| entry["Event"].as_str())
        .collect();
    assert!(events.contains(&"SyncDevice Requested"), "{events:?}");
    assert!(events.iter().any(|event| ["SyncDevice Confirmed", "SyncDevice Failed"].contains(event)), "{events:?}");
}

#[tokio::test]
async fn the_guides_remediation_makes_most_devices_compliant() {
    let running = tenant(600).await;
    let before = noncompliant(&running).await;
    assert!((40..80).contains(&before.len()), "{}", before.len());
    let mut asked = 0;
    for device in &before {
        let id = device["Id"]["Value"].as_i64().expect("an id");
        let rules = get(&running, &format!("/API/v1/devices/{id}/compliance")).await;
        for rule in rules["ComplianceStatus"]["ComplianceRules"].as_array().expect("rules") {
            if rule["IsCompliant"] == true {
                continue;
            }
            let word = match rule["RuleName"].as_str().expect("a name") {
                "Device Encryption" => "EnableDeviceEncryption",
                "Passcode Policy" => "ClearPasscode",
                "OS Version" => "InstallOSUpdate",
                _ => continue,
            };
            assert_eq!(command(&running, id, json!({"Command": word})).await, 200);
            asked += 1;
        }
    }
    assert!(asked > 40);
    running.step(2 * DAY).await.expect("steps");
    let mended = |id: i64| {
        let running = &running;
        async move { get(running, &format!("/API/v1/devices/{id}")).await["ComplianceStatus"] == "Compliant" }
    };
    let mut count = 0;
    for device in &before {
        count += usize::from(mended(device["Id"]["Value"].as_i64().expect("an id")).await);
    }
    // The rest is lost, not supervised, too old, or a Mac that has no such command.
    assert!(count * 100 > before.len() * 50, "{count} of {}", before.len());
    assert!(count < before.len());
}

#[tokio::test]
async fn a_wiped_device_leaves_the_tenant_and_takes_no_more_commands() {
    let running = tenant(60).await;
    let here = devices(&running, "offline_until = 0").await;
    let device = here[0];
    let rows = |table: &str| {
        let sql = format!("select count(*) as n from {table} where device_id = {device}");
        let running = &running;
        async move { running.database().fetch_one(sql, args![]).await.expect("reads").get::<i64>("n").expect("n") }
    };
    assert!(rows("device_compliance").await > 0);
    assert_eq!(command(&running, device, json!({"Command": "EnterpriseWipe"})).await, 200);
    let shown = |field: &'static str| {
        let running = &running;
        async move { get(running, &format!("/API/v1/devices/{device}")).await[field].clone() }
    };
    assert_eq!(shown("EnrollmentStatus").await, "EnterpriseWipePending");
    running.step(5 * MINUTE).await.expect("steps");
    assert_eq!(shown("EnrollmentStatus").await, "Unenrolled");
    assert_eq!(shown("ComplianceStatus").await, "NotAvailable");
    assert_eq!((rows("device_apps").await, rows("device_compliance").await), (0, 0));
    assert_eq!(command(&running, device, json!({"Command": "SyncDevice"})).await, 400);
    let seen = shown("LastSeen").await;
    running.step(30 * DAY).await.expect("steps");
    assert_eq!(shown("LastSeen").await, seen);
}

#[tokio::test]
async fn an_assigned_app_reaches_its_group_and_a_retry_mends_most_failures() {
    let running = tenant(800).await;
    let office = app(&running, "Microsoft Office 365").await;
    let windows = devices(&running, "platform = 'WinRT'").await;
    let operation = assign(&running, office, "All Windows Devices", "Auto").await;
    let mut seen = Vec::new();
    for _ in 0..12 {
        let answer = get(&running, &format!("/API/v1/operations/{operation}/status")).await;
        seen.push((answer["Status"].as_str().expect("a status").to_owned(), answer["Progress"].as_u64().expect("one")));
        running.step(Duration::from_secs(1)).await.expect("steps");
    }
    assert_eq!(seen[0], ("Pending".to_owned(), 0));
    assert!(seen.iter().any(|(status, progress)| status == "InProgress" && (1..100).contains(progress)), "{seen:?}");
    assert_eq!(seen[11], ("Completed".to_owned(), 100));
    assert!(seen.is_sorted_by_key(|(_, progress)| *progress));
    let rows = app_rows(&running, office).await;
    assert_eq!(rows.iter().map(|row| row["DeviceId"].as_i64().expect("an id")).collect::<Vec<_>>(), windows);

    running.step(HOUR).await.expect("steps");
    let rows = app_rows(&running, office).await;
    let first = tally(&rows);
    assert!(first["Installed"] * 100 > rows.len() * 60, "{first:?}");
    assert!(first["Failed"] > 3 && first["Pending"] > 10, "{first:?}");
    let failed: Vec<&Value> = rows.iter().filter(|row| row["Status"] == "Failed").collect();
    for row in &failed {
        assert_ne!(row["Reason"], "");
        let device = row["DeviceId"].as_i64().expect("an id");
        let body = json!({"Command": "InstallApplication", "ApplicationId": office});
        assert_eq!(command(&running, device, body).await, 200);
    }
    running.step(DAY).await.expect("steps");
    let rows = app_rows(&running, office).await;
    let again: Vec<&Value> =
        failed.iter().filter_map(|old| rows.iter().find(|row| row["DeviceId"] == old["DeviceId"])).collect();
    let mended = again.iter().filter(|row| row["Status"] == "Installed").count();
    assert!(mended * 2 > failed.len(), "{mended} of {}", failed.len());
    // Whoever was away has come back; lost devices stay pending.
    let last = tally(&rows);
    assert!(last["Pending"] < first["Pending"] && last["Pending"] > 0, "{last:?}");
}

#[tokio::test]
async fn chrome_goes_to_every_device_and_an_app_on_demand_waits_to_be_asked_for() {
    let running = tenant(200).await;
    let everyone = devices(&running, "1 = 1").await;
    let chrome = app(&running, "Google Chrome").await;
    assign(&running, chrome, "All Devices", "Auto").await;
    let notepad = app(&running, "Notepad").await;
    assign(&running, notepad, "All Devices", "On-Demand").await;
    running.step(2 * HOUR).await.expect("steps");
    let rows = app_rows(&running, chrome).await;
    assert_eq!(rows.len(), everyone.len());
    assert!(tally(&rows)["Installed"] > everyone.len() * 7 / 10, "{:?}", tally(&rows));
    // Only where it runs, and nowhere by itself.
    let rows = app_rows(&running, notepad).await;
    assert_eq!(rows.len(), devices(&running, "platform = 'WinRT'").await.len());
    assert_eq!(tally(&rows).into_keys().collect::<Vec<_>>(), ["NotInstalled"]);
    let here = devices(&running, "platform = 'WinRT' and offline_until < last_seen_at").await;
    for device in &here[..3] {
        let body = json!({"Command": "InstallApplication", "ApplicationId": notepad});
        assert_eq!(command(&running, *device, body).await, 200);
    }
    running.step(HOUR).await.expect("steps");
    let rows = app_rows(&running, notepad).await;
    assert!(tally(&rows)["Installed"] >= 2, "{:?}", tally(&rows));
}

#[tokio::test]
async fn a_device_that_joins_a_smart_group_gets_its_apps_without_another_assignment() {
    let running = tenant(200).await;
    let chrome = app(&running, "Google Chrome").await;
    assign(&running, chrome, "Pilot Ring", "Auto").await;
    running.step(HOUR).await.expect("steps");
    let before = app_rows(&running, chrome).await.len();
    assert!((2..25).contains(&before), "{before}");
    let outside =
        devices(&running, "offline_until < last_seen_at and id not in (select device_id from device_tags)").await[0];
    let path = format!("/API/v1/devices/{outside}");
    assert_eq!(ask(&running, "PUT", &path, Some(json!({"Tags": ["Pilot"]}))).await.0, 200);
    running.step(HOUR).await.expect("steps");
    let rows = app_rows(&running, chrome).await;
    assert_eq!(rows.len(), before + 1);
    assert!(rows.iter().any(|row| row["DeviceId"].as_i64() == Some(outside)));
}

#[tokio::test]
async fn a_fleet_that_is_not_stepped_lives_by_the_clock_at_its_speed() {
    let settings = Settings {
        devices: 50,
        clock: std::sync::Arc::new(SystemClock),
        fleet: Pace::Live,
        speed: 20_000.0,
        ..Settings::in_memory()
    };
    let running = start(settings).await.expect("the tenant starts");
    let here = devices(&running, "offline_until = 0").await[0];
    assert_eq!(command(&running, here, json!({"Command": "SyncDevice"})).await, 200);
    let lived = async {
        while newest(&running, here).await.0 == "Queued" {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), lived).await.expect("the device fetches its command");
    running.stop().await;
}
