//! Faults on order: what a client sees, and whether the effect happened.

use std::time::{Duration, Instant};

use muster_uem::On;
use reqwest::Method;
use serde_json::json;

use crate::caller::{Caller, id, read};

async fn device(caller: &Caller) -> i64 {
    let found = caller.get("/API/v1/devices/search?pagesize=200").await.json();
    let devices = found["Devices"].as_array().expect("devices");
    id(devices.iter().find(|device| device["EnrollmentStatus"] == "Enrolled").expect("an enrolled device"))
}

async fn effects(caller: &Caller) -> u64 {
    caller.tenant.effects().await.expect("reads").iter().map(|effect| effect.count).sum()
}

#[tokio::test]
async fn a_lost_answer_hides_an_effect_that_happened() {
    let caller = Caller::new().await;
    let path = format!("/API/v1/devices/{}/commands", device(&caller).await);
    caller.tenant.faults().on(On::Writes).lose_answers(2);
    assert_eq!(caller.get("/api/system/info").await.status, 200, "reads are not meant");
    for expected in 1..=2 {
        let sent = caller.request(Method::POST, &path).body(r#"{"Command":"Lock"}"#).send().await;
        let error = sent.expect_err("no answer");
        assert!(error.is_request() && !error.is_timeout() && error.status().is_none(), "{error:?}");
        assert_eq!(effects(&caller).await, expected);
    }
    caller.post(&path, json!({"Command": "Lock"})).await.json();
    assert_eq!(effects(&caller).await, 3);
}

#[tokio::test]
async fn a_failure_comes_before_or_after_the_effect() {
    let caller = Caller::new().await;
    let path = format!("/API/v1/devices/{}/commands", device(&caller).await);
    let faults = caller.tenant.faults();
    faults.fail_with(503, 1);
    assert_eq!(caller.post(&path, json!({"Command": "Lock"})).await.error().0, 503);
    assert_eq!(effects(&caller).await, 0);
    faults.fail_after(500, 1);
    assert_eq!(caller.post(&path, json!({"Command": "Lock"})).await.error(), (500, 1000));
    assert_eq!(effects(&caller).await, 1);
}

#[tokio::test]
async fn a_throttle_a_page_and_a_delay_come_on_order() {
    let caller = Caller::new().await;
    let faults = caller.tenant.faults();
    faults.throttle(1, Some(Duration::from_secs(7)));
    faults.throttle(1, None);
    let first = caller.get("/api/system/info").await;
    assert_eq!((first.error(), first.header("retry-after")), ((429, 429), "7"));
    assert!(caller.get("/api/system/info").await.headers.get("retry-after").is_none());
    faults.answer_with_page(1);
    let page = caller.get("/api/system/info").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    faults.delay(Duration::from_millis(80), 1);
    let start = Instant::now();
    assert_eq!(caller.get("/api/system/info").await.status, 200);
    assert!(start.elapsed() >= Duration::from_millis(80));
    faults.fail_with(500, 10);
    faults.clear();
    assert_eq!(caller.get("/api/system/info").await.status, 200);
}

#[tokio::test]
async fn the_token_endpoint_has_faults_of_its_own() {
    let caller = Caller::new().await;
    caller.tenant.faults().on(On::Tokens).fail_with(503, 1);
    assert_eq!(caller.get("/api/system/info").await.status, 200);
    let form = [("grant_type", "client_credentials")];
    assert_eq!(read(caller.bare(Method::POST, "/connect/token").form(&form)).await.status, 503);
    assert_eq!(read(caller.bare(Method::POST, "/connect/token").form(&form)).await.status, 401);
}

#[tokio::test]
async fn bodies_drip_or_end_half_way() {
    let caller = Caller::new().await;
    let whole = caller.get("/API/v1/devices/search").await;
    caller.tenant.faults().add("slow-body:by=100ms,count=1".parse().expect("reads"));
    let start = Instant::now();
    let slow = caller.get("/API/v1/devices/search").await;
    assert!(start.elapsed() >= Duration::from_millis(100));
    assert_eq!((slow.status, &slow.text), (200, &whole.text));
    caller.tenant.faults().add("cut-body:count=1".parse().expect("reads"));
    let mut cut = caller.request(Method::GET, "/API/v1/devices/search").send().await.expect("headers come");
    assert_eq!(cut.headers()["content-length"], whole.text.len().to_string());
    let mut got = 0;
    let error = loop {
        match cut.chunk().await {
            Ok(Some(chunk)) => got += chunk.len(),
            Ok(None) => panic!("the body ended as if it were whole"),
            Err(error) => break error,
        }
    };
    assert!(error.is_body() || error.is_decode(), "{error:?}");
    assert_eq!(got, whole.text.len() / 2);
}

#[tokio::test]
async fn success_may_change_nothing() {
    let caller = Caller::new().await;
    let path = format!("/API/v1/devices/{}/commands", device(&caller).await);
    caller.tenant.faults().change_nothing(1);
    let told = caller.post(&path, json!({"Command": "Lock"})).await.json();
    assert!(told["CommandUuid"].is_string(), "{told}");
    assert_eq!(effects(&caller).await, 0);
    assert_eq!(caller.get(&path).await.json()["Total"], 0);
    caller.post(&path, json!({"Command": "Lock"})).await.json();
    assert_eq!(effects(&caller).await, 1);
}

#[tokio::test]
async fn a_proxy_answers_in_html_and_asks_for_patience() {
    let caller = Caller::new().await;
    caller.tenant.faults().add("fail:status=502,html,count=1".parse().expect("reads"));
    let page = caller.get("/api/system/info").await;
    assert_eq!((page.status, page.header("content-type")), (502, "text/html"));
    assert!(page.text.contains("<h1>502</h1>"));
    caller.tenant.faults().add("fail:status=503,retry-after=30,count=1".parse().expect("reads"));
    let busy = caller.get("/api/system/info").await;
    assert_eq!((busy.error().0, busy.header("retry-after")), (503, "30"));
}

#[tokio::test]
async fn a_part_of_a_bulk_call_fails_and_the_rest_is_done() {
    let caller = Caller::new().await;
    let group = caller.tenant.ready.organization_group.id;
    let new = json!({"TagName": "Half", "TagType": 1, "LocationGroupID": group});
    let tag = caller.post("/api/mdm/tags/addtag", new).await.json()["Value"].as_i64().expect("a tag");
    let found = caller.get("/API/v1/devices/search?pagesize=40").await.json();
    let ids: Vec<String> =
        found["Devices"].as_array().expect("devices").iter().map(|row| id(row).to_string()).collect();
    caller.tenant.faults().add("partial:items=0.5,count=1".parse().expect("reads"));
    let body = json!({"BulkValues": {"Value": ids}});
    let told = caller.post(&format!("/api/mdm/tags/{tag}/adddevices"), body.clone()).await.json();
    let (accepted, failed) =
        (told["AcceptedItems"].as_u64().expect("a number"), told["FailedItems"].as_u64().expect("a number"));
    assert_eq!((accepted + failed, &told["TotalItems"]), (40, &json!(40)));
    assert!((8..32).contains(&failed), "{told}");
    let faults = told["Faults"]["Fault"].as_array().expect("faults");
    assert_eq!(faults.len() as u64, failed);
    // Sent again, exactly those that had failed are new.
    let again = caller.post(&format!("/api/mdm/tags/{tag}/adddevices"), body).await.json();
    assert_eq!((&again["AcceptedItems"], &again["FailedItems"]), (&json!(failed), &json!(accepted)));
}

async fn page(caller: &Caller, number: u32) -> (Vec<i64>, i64) {
    let page = caller.get(&format!("/API/v1/devices/search?page={number}&pagesize=50")).await.json();
    let total = page["Total"].as_i64().expect("a total");
    (page["Devices"].as_array().expect("devices").iter().map(id).collect(), total)
}

#[tokio::test]
async fn rows_move_between_pages_totals_shrink_and_pages_are_capped() {
    let caller = Caller::new().await;
    let (first, total) = page(&caller, 0).await;
    let (second, _) = page(&caller, 1).await;
    let (third, _) = page(&caller, 2).await;
    let faults = caller.tenant.faults();
    faults.add("shift-pages:rows=2".parse().expect("reads"));
    assert_eq!(page(&caller, 0).await.0, first, "the first page is as it was");
    let (moved, _) = page(&caller, 1).await;
    assert_eq!(moved, [&second[2..], &third[..2]].concat(), "two rows are seen by nobody");
    faults.clear();
    faults.add("shift-pages:rows=-1".parse().expect("reads"));
    let (moved, _) = page(&caller, 1).await;
    assert_eq!(moved, [&first[49..], &second[..49]].concat(), "one row is seen twice");
    faults.clear();
    faults.add("shrink-totals:rows=7".parse().expect("reads"));
    assert_eq!((page(&caller, 0).await.1, page(&caller, 2).await.1), (total, total - 14));
    faults.clear();
    faults.add("cap-pages:size=20".parse().expect("reads"));
    let capped = caller.get("/API/v1/devices/search?page=1&pagesize=50").await.json();
    let ids: Vec<i64> = capped["Devices"].as_array().expect("devices").iter().map(id).collect();
    assert_eq!((ids.as_slice(), &capped["PageSize"]), (&first[20..40], &json!(20)));
}

#[tokio::test]
async fn tokens_expire_on_order() {
    let caller = Caller::new().await;
    let oauth = &caller.tenant.ready.oauth;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &oauth.client_id),
        ("client_secret", &oauth.client_secret),
    ];
    let token = read(caller.bare(Method::POST, "/connect/token").form(&form)).await.json();
    let token = token["access_token"].as_str().expect("a token").to_owned();
    let call = || read(caller.bare(Method::GET, "/api/system/info").bearer_auth(&token));
    assert_eq!(call().await.status, 200);
    caller.tenant.faults().add("expire-token:count=1".parse().expect("reads"));
    assert_eq!(caller.get("/api/system/info").await.status, 200, "who comes with a password is not meant");
    assert_eq!(call().await.error().0, 401);
    assert_eq!(call().await.status, 200);
}

#[tokio::test]
async fn commands_are_stuck_or_late_and_devices_out_of_reach() {
    let ended = |history: &serde_json::Value| {
        let status = history["Commands"][0]["Status"].as_str().expect("a status").to_owned();
        !matches!(status.as_str(), "Queued" | "Sent" | "NotNow")
    };
    for (fault, hours, expected) in [
        (None, 1, true),
        (Some("stuck:commands=1"), 48, false),
        (Some("late:by=5h"), 4, false),
        (Some("late:by=5h"), 48, true),
        (Some("offline:devices=1"), 48, false),
    ] {
        let caller = Caller::new().await;
        let path = format!("/API/v1/devices/{}/commands", device(&caller).await);
        if let Some(fault) = fault {
            caller.tenant.faults().add(fault.parse().expect("reads"));
        }
        caller.post(&path, json!({"Command": "SyncDevice"})).await.json();
        caller.wait(Duration::from_secs(hours * 3600)).await;
        assert_eq!(ended(&caller.get(&path).await.json()), expected, "{fault:?} after {hours} h");
        if fault == Some("offline:devices=1") {
            caller.tenant.faults().clear();
            caller.wait(Duration::from_secs(3600)).await;
            assert!(ended(&caller.get(&path).await.json()), "back within reach");
        }
    }
}
