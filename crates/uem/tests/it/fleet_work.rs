//! What callers ask of living devices: commands, wipes, apps. Asked over the guide dialect, time is stepped.

use std::collections::BTreeMap;
use std::time::Duration;

use muster_store::{SystemClock, args};
use muster_uem::{Pace, Settings};
use serde_json::{Value, json};

use crate::caller::{Caller, id, list};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);
const DAY: Duration = Duration::from_secs(86_400);

async fn tenant(devices: u32) -> Caller {
    Caller::of(Settings { devices, seed: 4, ..Settings::in_memory() }).await
}

async fn command(caller: &Caller, device: i64, body: Value) -> u16 {
    caller.post(&format!("/API/v1/devices/{device}/commands"), body).await.status
}

/// Status and reason of the newest command of a device.
async fn newest(caller: &Caller, device: i64) -> (String, String) {
    let history = caller.get(&format!("/API/v1/devices/{device}/commands")).await.json();
    let record = &history["Commands"][0];
    (record["Status"].as_str().unwrap_or_default().into(), record["Reason"].as_str().unwrap_or_default().into())
}

/// Ids of devices that fulfil a condition.
async fn devices(caller: &Caller, condition: &str) -> Vec<i64> {
    let sql = format!("select id from devices where enrollment_status = 'Enrolled' and {condition} order by id");
    let rows = caller.tenant.database().fetch(sql, args![]).await.expect("reads");
    rows.iter().map(|row| row.get("id").expect("an id")).collect()
}

async fn noncompliant(caller: &Caller) -> Vec<Value> {
    list(&caller.get("/API/v1/devices/compliance/noncompliant").await.json(), "Devices").clone()
}

async fn app(caller: &Caller, name: &str) -> i64 {
    let answer = caller.get(&format!("/API/v1/apps/search?applicationname={}", name.replace(' ', "%20"))).await.json();
    id(&answer["Applications"][0])
}

async fn smart_group(caller: &Caller, name: &str) -> i64 {
    let answer = caller.get(&format!("/API/v1/smartgroups/search?name={}", name.replace(' ', "%20"))).await.json();
    answer["SmartGroups"][0]["SmartGroupId"].as_i64().expect("a group")
}

/// Assigns an app; the id of the operation.
async fn assign(caller: &Caller, app: i64, group: &str, push_mode: &str) -> String {
    let body =
        json!({"SmartGroupIds": [smart_group(caller, group).await], "DeploymentParameters": {"PushMode": push_mode}});
    let answer = caller.post(&format!("/API/v1/apps/{app}/assignments"), body).await.json();
    answer["OperationId"].as_str().expect("an operation").into()
}

/// Rows of `/apps/{id}/devices`.
async fn app_rows(caller: &Caller, app: i64) -> Vec<Value> {
    list(&caller.get(&format!("/API/v1/apps/{app}/devices")).await.json(), "DeviceApps").clone()
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
    let caller = tenant(120).await;
    let here = devices(&caller, "offline_until = 0").await;
    let away = devices(&caller, "offline_until > 0 and offline_until < 100000000000000000").await;
    let lost = devices(&caller, "offline_until > 100000000000000000").await;
    for device in [&here[..5], &away[..1], &lost[..1]].concat() {
        assert_eq!(command(&caller, device, json!({"Command": "SyncDevice"})).await, 200);
        assert_eq!(newest(&caller, device).await.0, "Queued");
    }
    caller.wait(MINUTE).await;
    for device in &here[..5] {
        let (status, reason) = newest(&caller, *device).await;
        assert!(status == "Acknowledged" || (status == "Error" && !reason.is_empty()), "{status}");
    }
    assert_eq!(newest(&caller, away[0]).await.0, "Queued");
    caller.wait(DAY).await;
    assert_ne!(newest(&caller, away[0]).await.0, "Queued");
    assert_eq!(newest(&caller, lost[0]).await.0, "Queued");
    // Both dialects see it: the log of the device has what was asked and what became of it.
    let log = caller.get(&format!("/api/mdm/devices/{}/eventlog?pagesize=50&page=0", here[0])).await.json();
    let events: Vec<&str> =
        list(&log, "DeviceEventLogEntries").iter().filter_map(|entry| entry["Event"].as_str()).collect();
    assert!(events.contains(&"SyncDevice Requested"), "{events:?}");
    assert!(events.iter().any(|event| ["SyncDevice Confirmed", "SyncDevice Failed"].contains(event)), "{events:?}");
}

#[tokio::test]
async fn the_guides_remediation_makes_most_devices_compliant() {
    let caller = tenant(600).await;
    let before = noncompliant(&caller).await;
    assert!((40..80).contains(&before.len()), "{}", before.len());
    let mut asked = 0;
    for device in &before {
        let id = id(device);
        let rules = caller.get(&format!("/API/v1/devices/{id}/compliance")).await.json();
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
            assert_eq!(command(&caller, id, json!({"Command": word})).await, 200);
            asked += 1;
        }
    }
    assert!(asked > 40);
    caller.wait(2 * DAY).await;
    let mended = |id: i64| {
        let caller = &caller;
        async move { caller.get(&format!("/API/v1/devices/{id}")).await.json()["ComplianceStatus"] == "Compliant" }
    };
    let mut count = 0;
    for device in &before {
        count += usize::from(mended(id(device)).await);
    }
    // The rest is lost, not supervised, too old, or a Mac that has no such command.
    assert!(count * 100 > before.len() * 50, "{count} of {}", before.len());
    assert!(count < before.len());
}

#[tokio::test]
async fn a_wiped_device_leaves_the_tenant_and_takes_no_more_commands() {
    let caller = tenant(60).await;
    let here = devices(&caller, "offline_until = 0").await;
    let device = here[0];
    let rows = |table: &str| {
        let sql = format!("select count(*) as n from {table} where device_id = {device}");
        let caller = &caller;
        async move { caller.tenant.database().fetch_one(sql, args![]).await.expect("reads").get::<i64>("n").expect("n") }
    };
    assert!(rows("device_compliance").await > 0);
    assert_eq!(command(&caller, device, json!({"Command": "EnterpriseWipe"})).await, 200);
    let shown = |field: &'static str| {
        let caller = &caller;
        async move { caller.get(&format!("/API/v1/devices/{device}")).await.json()[field].clone() }
    };
    assert_eq!(shown("EnrollmentStatus").await, "EnterpriseWipePending");
    caller.wait(5 * MINUTE).await;
    assert_eq!(shown("EnrollmentStatus").await, "Unenrolled");
    assert_eq!(shown("ComplianceStatus").await, "NotAvailable");
    assert_eq!((rows("device_apps").await, rows("device_compliance").await), (0, 0));
    assert_eq!(command(&caller, device, json!({"Command": "SyncDevice"})).await, 400);
    let seen = shown("LastSeen").await;
    caller.wait(30 * DAY).await;
    assert_eq!(shown("LastSeen").await, seen);
}

#[tokio::test]
async fn an_assigned_app_reaches_its_group_and_a_retry_mends_most_failures() {
    let caller = tenant(800).await;
    let office = app(&caller, "Microsoft Office 365").await;
    let windows = devices(&caller, "platform = 'WinRT'").await;
    let operation = assign(&caller, office, "All Windows Devices", "Auto").await;
    let mut seen = Vec::new();
    for _ in 0..12 {
        let answer = caller.get(&format!("/API/v1/operations/{operation}/status")).await.json();
        seen.push((answer["Status"].as_str().expect("a status").to_owned(), answer["Progress"].as_u64().expect("one")));
        caller.wait(Duration::from_secs(1)).await;
    }
    assert_eq!(seen[0], ("Pending".to_owned(), 0));
    assert!(seen.iter().any(|(status, progress)| status == "InProgress" && (1..100).contains(progress)), "{seen:?}");
    assert_eq!(seen[11], ("Completed".to_owned(), 100));
    assert!(seen.is_sorted_by_key(|(_, progress)| *progress));
    let rows = app_rows(&caller, office).await;
    assert_eq!(rows.iter().map(|row| row["DeviceId"].as_i64().expect("an id")).collect::<Vec<_>>(), windows);

    caller.wait(HOUR).await;
    let rows = app_rows(&caller, office).await;
    let first = tally(&rows);
    assert!(first["Installed"] * 100 > rows.len() * 60, "{first:?}");
    assert!(first["Failed"] > 3 && first["Pending"] > 10, "{first:?}");
    let failed: Vec<&Value> = rows.iter().filter(|row| row["Status"] == "Failed").collect();
    for row in &failed {
        assert_ne!(row["Reason"], "");
        let device = row["DeviceId"].as_i64().expect("an id");
        let body = json!({"Command": "InstallApplication", "ApplicationId": office});
        assert_eq!(command(&caller, device, body).await, 200);
    }
    caller.wait(DAY).await;
    let rows = app_rows(&caller, office).await;
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
    let caller = tenant(200).await;
    let everyone = devices(&caller, "1 = 1").await;
    let chrome = app(&caller, "Google Chrome").await;
    assign(&caller, chrome, "All Devices", "Auto").await;
    let notepad = app(&caller, "Notepad").await;
    assign(&caller, notepad, "All Devices", "On-Demand").await;
    caller.wait(2 * HOUR).await;
    let rows = app_rows(&caller, chrome).await;
    assert_eq!(rows.len(), everyone.len());
    assert!(tally(&rows)["Installed"] > everyone.len() * 7 / 10, "{:?}", tally(&rows));
    // Only where it runs, and nowhere by itself.
    let rows = app_rows(&caller, notepad).await;
    assert_eq!(rows.len(), devices(&caller, "platform = 'WinRT'").await.len());
    assert_eq!(tally(&rows).into_keys().collect::<Vec<_>>(), ["NotInstalled"]);
    let here = devices(&caller, "platform = 'WinRT' and offline_until < last_seen_at").await;
    for device in &here[..3] {
        let body = json!({"Command": "InstallApplication", "ApplicationId": notepad});
        assert_eq!(command(&caller, *device, body).await, 200);
    }
    caller.wait(HOUR).await;
    let rows = app_rows(&caller, notepad).await;
    assert!(tally(&rows)["Installed"] >= 2, "{:?}", tally(&rows));
}

#[tokio::test]
async fn a_device_that_joins_a_smart_group_gets_its_apps_without_another_assignment() {
    let caller = tenant(200).await;
    let chrome = app(&caller, "Google Chrome").await;
    assign(&caller, chrome, "Pilot Ring", "Auto").await;
    caller.wait(HOUR).await;
    let before = app_rows(&caller, chrome).await.len();
    assert!((2..25).contains(&before), "{before}");
    let outside =
        devices(&caller, "offline_until < last_seen_at and id not in (select device_id from device_tags)").await[0];
    let path = format!("/API/v1/devices/{outside}");
    assert_eq!(caller.put(&path, json!({"Tags": ["Pilot"]})).await.status, 200);
    caller.wait(HOUR).await;
    let rows = app_rows(&caller, chrome).await;
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
    let caller = Caller::of(settings).await;
    let here = devices(&caller, "offline_until = 0").await[0];
    assert_eq!(command(&caller, here, json!({"Command": "SyncDevice"})).await, 200);
    let lived = async {
        while newest(&caller, here).await.0 == "Queued" {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), lived).await.expect("the device fetches its command");
    caller.tenant.stop().await;
}
