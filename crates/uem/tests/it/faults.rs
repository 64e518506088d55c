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
