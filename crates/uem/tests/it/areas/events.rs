//! Event notifications: rules, and what reaches a receiver.

use std::path::Path;
use std::time::Duration;

use muster_uem::{Pace, Settings};
use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, id, list};
use crate::receiver::Receiver;

const MINUTE: Duration = Duration::from_secs(60);

fn rule(url: &str) -> Value {
    json!({
        "TargetName": "SIEM", "TargetUrl": url, "Username": "u", "Password": "p w", "Format": "Json",
        "IsActive": true, "organizationGroupId": 570,
        "DeviceEvents": {
            "Enrollment": true, "UnenrolledEnterpriseWipe": true, "Wipe": true, "ComplianceStatusChange": true,
            "CompromisedStatusChange": true, "Delete": true,
            "DeviceAttributes": {"FriendlyName": true, "AssetNumber": true, "OperatingSystem": true},
        },
    })
}

fn kinds(told: &[crate::receiver::Told]) -> Vec<String> {
    told.iter().map(|told| told.json()["EventType"].as_str().expect("a type").to_owned()).collect()
}

async fn edit(uem: &Caller, at: &str, body: Value) {
    let answer = uem.put(at, body).await;
    assert!((200..300).contains(&answer.status), "{answer:?}");
}

async fn enrolled(uem: &Caller) -> i64 {
    let page = uem.get("/api/mdm/devices/search?pagesize=500").await.json();
    id(list(&page, "Devices").iter().find(|device| device["EnrollmentStatus"] == "Enrolled").expect("one"))
}

#[tokio::test]
async fn rules_are_kept_in_both_versions_at_both_addresses() {
    let uem = Caller::new().await;
    let first = "/api/system/eventnotifications";
    for base in [first, "/api/system/eventnotifications/V1/eventnotifications"] {
        let made = uem.post(base, rule("https://hooks.example.com/a")).await.json();
        let (number, uuid) = (made["Value"].as_i64().expect("an id"), made["uuid"].as_str().expect("a uuid"));
        assert_eq!(uem.post(base, rule("https://hooks.example.com/a")).await.error(), (400, 6), "the name is taken");
        let at = format!("{base}/{number}");
        let shown = uem.get(&at).await.json();
        assert_eq!(
            (&shown["TargetUrl"], &shown["Username"], &shown["uuid"], &shown["DeviceEvents"]["Wipe"]),
            (&json!("https://hooks.example.com/a"), &json!("u"), &json!(uuid), &json!(true))
        );
        assert!(shown.get("Password").is_none(), "a secret is not shown: {shown}");
        uem.put(&at, json!({"TargetName": "Tickets", "IsActive": false})).await.nothing(204);
        let found = uem.get(&format!("{base}/search?targetname=tick&status=Inactive")).await.json();
        assert_eq!(found["TotalResults"], 1);
        assert_eq!(list(&found, "EventNotifications")[0]["TargetName"], "Tickets");
        assert_eq!(list(&found, "EventNotifications")[0]["TargetUrl"], "https://hooks.example.com/a");
        assert_eq!(uem.get(&format!("{base}/search?status=sleepy")).await.status, 400);
        assert_eq!(uem.post(base, json!({"TargetName": "x", "TargetUrl": "ftp://x/"})).await.error(), (400, 6));
        assert_eq!(uem.put(&at, json!({"TargetUrl": "nowhere"})).await.error(), (400, 6));
        uem.delete(&at).await.nothing(200);
        assert_eq!(uem.get(&at).await.error(), (404, 8));
        assert_eq!(uem.delete(&at).await.error(), (404, 8));
        assert_eq!(uem.get(&format!("{base}/search")).await.json()["TotalResults"], 0);
    }
    uem.covers(&["systemv1/EventNotificationsV1"]);

    let versioned = |method, path: &str, body: Value| {
        let (uem, path) = (&uem, path.to_owned());
        async move { uem.version(2, method, &path, body).await }
    };
    for base in [first, "/api/system/eventnotifications/V2/eventnotifications"] {
        let made = versioned(Method::POST, base, rule("http://127.0.0.1:9/b")).await.json();
        let uuid = made["uuid"].as_str().expect("a uuid");
        assert!(made["id"].as_i64().is_some_and(|id| id > 0));
        let at = format!("{base}/{uuid}");
        assert_eq!(versioned(Method::GET, &at, json!({})).await.json()["TargetName"], "SIEM");
        let all = versioned(Method::GET, &format!("{base}/get"), json!({})).await.json();
        assert_eq!(
            (&all["TotalEventNotificationRecords"], &all["TotalEventSubscriptionRecords"]),
            (&json!(1), &json!(0))
        );
        let group = list(&all, "EventNotifications")[0]["organizationGroupUuid"].as_str().expect("a uuid").to_owned();
        let search = format!("{base}/search?organizationgroupuuid={group}");
        assert_eq!(versioned(Method::GET, &search, json!({})).await.json()["TotalResults"], 1);
        assert_eq!(versioned(Method::GET, &format!("{base}/search?status=x"), json!({})).await.status, 400);
        assert_eq!(versioned(Method::GET, &format!("{base}/get?organizationgroupuuid=x"), json!({})).await.status, 400);
        versioned(Method::PUT, &at, json!({"organizationGroupId": 571})).await.nothing(204);
        assert_eq!(versioned(Method::GET, &search, json!({})).await.json()["TotalResults"], 0);
        assert_eq!(versioned(Method::PUT, &at, json!({"organizationGroupId": 9})).await.error(), (400, 6));
        assert_eq!(versioned(Method::POST, base, json!({"TargetName": "x"})).await.error(), (400, 6));
        versioned(Method::DELETE, &at, json!({})).await.nothing(200);
        assert_eq!(versioned(Method::DELETE, &at, json!({})).await.error(), (404, 8));
        assert_eq!(versioned(Method::GET, &at, json!({})).await.error(), (404, 8));
    }
    uem.covers(&["systemv1/EventNotificationsV2", "systemv2/EventNotificationsV2"]);
}

#[tokio::test]
async fn what_happens_to_devices_reaches_whoever_asked_for_it() {
    let uem = Caller::new().await;
    let receiver = Receiver::new().await;
    let device = enrolled(&uem).await;
    let at = format!("/api/mdm/devices/{device}");
    edit(&uem, &at, json!({"AssetNumber": "BEFORE"})).await;
    let made = uem.post("/api/system/eventnotifications", rule(&receiver.url)).await.json();
    uem.wait(Duration::ZERO).await;
    let tried = receiver.everything();
    assert_eq!(tried.len(), 1, "the target is tried out, and nothing older than the rule is told: {tried:?}");
    assert_eq!((tried[0].method.as_str(), tried[0].text.as_str()), ("GET", ""));

    edit(&uem, &at, json!({"DeviceFriendlyName": "Reception <1>", "AssetNumber": "A-7"})).await;
    edit(&uem, &at, json!({"Ownership": "S"})).await;
    uem.wait(Duration::ZERO).await;
    let told = receiver.told();
    assert_eq!(
        kinds(&told),
        ["Device Asset Number Changed", "Device Friendly Name Changed"],
        "Ownership is not wanted"
    );
    assert_eq!(told[0].authorization, "Basic dTpwIHc=");
    assert_eq!(told[0].content_type, "application/json");
    let said = told[1].json();
    let shown = uem.get(&at).await.json();
    assert_eq!(
        (&said["EventId"], &said["DeviceId"], &said["DeviceFriendlyName"], &said["AssetNumber"]),
        (&json!(642), &json!(device), &json!("Reception <1>"), &json!("A-7"))
    );
    for (ours, theirs) in [
        ("SerialNumber", "SerialNumber"),
        ("Udid", "Udid"),
        ("DeviceUUID", "Uuid"),
        ("EnrollmentUserName", "UserName"),
        ("EnrollmentEmailAddress", "UserEmailAddress"),
        ("OrganizationGroupName", "LocationGroupName"),
        ("Platform", "Platform"),
        ("ComplianceStatus", "ComplianceStatus"),
    ] {
        assert_eq!(said[ours], shown[theirs], "{ours}");
    }
    assert_eq!(said["EventTime"], "2026-01-05T08:00:00.0000000Z");

    // What the devices do by themselves.
    uem.post_nothing(&format!("{at}/commands?command=EnterpriseWipe")).await;
    for _ in 0..20 {
        uem.wait(MINUTE * 60).await;
    }
    let told = receiver.told();
    let kinds = kinds(&told);
    assert!(kinds.iter().any(|kind| kind == "Compliance Status Changed"), "{kinds:?}");
    let left: Vec<Value> =
        told.iter().map(|told| told.json()).filter(|said| said["EventType"] == "Break MDM Confirmed").collect();
    assert_eq!(left.len(), 1);
    assert_eq!((&left[0]["DeviceId"], &left[0]["EnrollmentStatus"]), (&json!(device), &json!("Unenrolled")));

    // XML, and a rule of one organization group only.
    let elsewhere = Receiver::new().await;
    let at_rule = format!("/api/system/eventnotifications/{}", made["Value"]);
    uem.put(&at_rule, json!({"Format": "Xml", "Username": "", "Password": ""})).await.nothing(204);
    let mut narrow = rule(&elsewhere.url);
    narrow["organizationGroupId"] = json!(578);
    uem.post("/api/system/eventnotifications", narrow).await.json();
    let page = uem.get("/api/mdm/devices/search?pagesize=500").await.json();
    let of = |inside: bool| {
        let mut devices = list(&page, "Devices").iter();
        id(devices.find(|device| (device["LocationGroupName"] == "Japan") == inside).expect("one"))
    };
    for device in [of(true), of(false)] {
        edit(&uem, &format!("/api/mdm/devices/{device}"), json!({"DeviceFriendlyName": "R & D"})).await;
    }
    uem.wait(Duration::ZERO).await;
    let told = receiver.told();
    assert_eq!((told.len(), told[0].content_type.as_str(), told[0].authorization.as_str()), (2, "application/xml", ""));
    assert!(told[0].text.starts_with("<?xml version=\"1.0\" encoding=\"utf-8\"?><Eventlog>"), "{}", told[0].text);
    assert!(told[0].text.contains("<DeviceFriendlyName>R &amp; D</DeviceFriendlyName>"), "{}", told[0].text);
    let told = elsewhere.told();
    assert_eq!(told.iter().map(|told| told.json()["DeviceId"].clone()).collect::<Vec<_>>(), [json!(of(true))]);

    // An inactive rule hears nothing, and neither does one that is gone.
    uem.put(&at_rule, json!({"IsActive": false})).await.nothing(204);
    edit(&uem, &format!("/api/mdm/devices/{}", of(false)), json!({"DeviceFriendlyName": "Silence"})).await;
    uem.wait(MINUTE).await;
    assert_eq!(receiver.told().len(), 0);
}

async fn rows(uem: &Caller) -> Vec<(String, i64, Option<i64>, String)> {
    let sql = "select status, tries, answer, last_error from event_deliveries where kind <> 'Test' order by id";
    let rows = uem.tenant.database().fetch(sql, vec![]).await.expect("reads");
    let read = |row: &muster_store::Row| {
        let text = |column: &str| row.get(column).expect("a text");
        (text("status"), row.get("tries").expect("a number"), row.get("answer").expect("one"), text("last_error"))
    };
    rows.iter().map(read).collect()
}

#[tokio::test]
async fn a_receiver_that_refuses_gets_everything_later_and_in_order() {
    let uem = Caller::new().await;
    let receiver = Receiver::new().await;
    let at = format!("/api/mdm/devices/{}", enrolled(&uem).await);
    uem.post("/api/system/eventnotifications", rule(&receiver.url)).await.json();
    receiver.answers(503);
    for name in ["one", "two", "three"] {
        edit(&uem, &at, json!({"DeviceFriendlyName": name})).await;
    }
    uem.wait(Duration::ZERO).await;
    let names = |receiver: &Receiver| -> Vec<String> {
        let names = receiver.told().into_iter().map(|told| told.json()["DeviceFriendlyName"].clone());
        names.map(|name| name.as_str().expect("a name").to_owned()).collect()
    };
    assert_eq!(names(&receiver), ["one"], "the others wait behind the first");
    let refused = ("Pending".to_owned(), 1, Some(503), "the receiver answered 503".to_owned());
    let waiting = ("Pending".to_owned(), 0, None, String::new());
    assert_eq!(rows(&uem).await[..3], [refused, waiting.clone(), waiting]);
    uem.wait(Duration::from_secs(5)).await;
    assert_eq!(names(&receiver), [""; 0], "not before its time");
    receiver.answers(200);
    uem.wait(Duration::from_secs(6)).await;
    assert_eq!(names(&receiver), ["one", "two", "three"]);
    assert_eq!(rows(&uem).await[0], ("Delivered".to_owned(), 2, Some(200), String::new()));

    // One that never answers is given up, and then the next one gets its tries.
    receiver.answers(500);
    edit(&uem, &at, json!({"DeviceFriendlyName": "lost"})).await;
    for _ in 0..120 {
        uem.wait(MINUTE).await;
    }
    let row = rows(&uem).await.into_iter().find(|row| row.0 == "GivenUp").expect("one is given up");
    assert_eq!((row.1, row.2), (7, Some(500)));
}

fn in_folder(folder: &Path) -> Settings {
    Settings { devices: 40, fleet: Pace::Stepped, ..Settings::in_folder(folder) }
}

#[tokio::test]
async fn what_was_not_delivered_survives_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let receiver = Receiver::new().await;
    let uem = Caller::of(in_folder(folder.path())).await;
    let at = format!("/api/mdm/devices/{}", enrolled(&uem).await);
    uem.post("/api/system/eventnotifications", rule(&receiver.url)).await.json();
    edit(&uem, &at, json!({"DeviceFriendlyName": "Kept"})).await;
    uem.tenant.stop().await;
    assert_eq!(receiver.everything().len(), 0);
    let uem = Caller::of(in_folder(folder.path())).await;
    uem.wait(Duration::ZERO).await;
    assert_eq!(kinds(&receiver.told()), ["Device Friendly Name Changed"]);
    uem.tenant.stop().await;
}
