//! The laboratory: effects that can be counted, time that is stepped, faults by order.

use std::time::Duration;

use muster_uem::{Settings, start};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::caller::{Caller, client, id, read};

/// A tenant with a laboratory.
pub(crate) async fn with_lab(settings: Settings) -> Caller {
    Caller::of(Settings { lab: Some(([127, 0, 0, 1], 0).into()), ..settings }).await
}

pub(crate) fn lab(caller: &Caller, method: Method, path: &str) -> RequestBuilder {
    let lab = caller.tenant.ready.lab.as_ref().expect("a laboratory");
    caller.http.request(method, format!("{}{path}", lab.url)).bearer_auth(&lab.token)
}

pub(crate) async fn effects(caller: &Caller, query: &str) -> Vec<Value> {
    let answer = read(lab(caller, Method::GET, &format!("/lab/effects{query}"))).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// Orders a fault and answers with its number.
pub(crate) async fn order(caller: &Caller, fault: &str) -> i64 {
    let request = lab(caller, Method::POST, "/lab/faults").body(json!({"fault": fault}).to_string());
    let answer = read(request).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    serde_json::from_str::<Value>(&answer.text).expect("JSON")["id"].as_i64().expect("a number")
}

async fn enrolled(caller: &Caller) -> Vec<i64> {
    let found = caller.get("/API/v1/devices/search?pagesize=200").await.json();
    let devices = found["Devices"].as_array().expect("devices");
    devices.iter().filter(|device| device["EnrollmentStatus"] == "Enrolled").map(id).collect()
}

#[tokio::test]
async fn every_effect_is_told_once_with_its_request() {
    let caller = with_lab(Settings::in_memory()).await;
    let device = enrolled(&caller).await[0];
    let path = format!("/API/v1/devices/{device}/commands");
    let sent = caller.post(&path, json!({"Command": "Lock"})).await;
    let request = sent.header("x-correlation-id").to_owned();
    caller.put(&format!("/API/v1/devices/{device}"), json!({"Tags": ["Seen"]})).await.nothing(200);
    // What is refused has no effect.
    assert_eq!(caller.post(&path, json!({"Command": "Explode"})).await.status, 422);
    assert_eq!(caller.post("/API/v1/devices/999999/commands", json!({"Command": "Lock"})).await.status, 404);

    let told = effects(&caller, "").await;
    assert_eq!(told.len(), 2, "{told:?}");
    let first = &told[0];
    assert_eq!(first["request_id"], request.as_str());
    assert_eq!((&first["command"], &first["device_id"]), (&json!("DeviceLock"), &json!(device)));
    assert_eq!(first["object"], path.as_str());
    assert!(first["operation"].as_str().expect("a name").len() > 3);
    assert!(first["at"].as_str().expect("a time").starts_with("2026-01-05T08:00:00"), "{first}");
    assert_eq!((&told[1]["command"], &told[1]["device_id"]), (&Value::Null, &json!(device)));
    let after = first["id"].as_i64().expect("a number");
    assert_eq!(effects(&caller, &format!("?after={after}")).await, told[1..]);
}

#[tokio::test]
async fn effects_are_followed_as_they_happen_and_end_with_the_tenant() {
    let caller = with_lab(Settings::in_memory()).await;
    let devices = enrolled(&caller).await;
    let mut stream = lab(&caller, Method::GET, "/lab/effects?follow=true").send().await.expect("an answer");
    for device in &devices[..3] {
        caller.post(&format!("/API/v1/devices/{device}/commands"), json!({"Command": "Lock"})).await.json();
        let line = stream.chunk().await.expect("reads").expect("a line");
        let line: Value = serde_json::from_slice(&line).expect("JSON");
        assert_eq!(line["device_id"], json!(device));
    }
    caller.tenant.stop().await;
    assert_eq!(stream.chunk().await.expect("reads"), None);
}

#[tokio::test]
async fn effects_outlive_the_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = || Settings { devices: 20, fleet: muster_uem::Pace::Stepped, ..Settings::in_folder(folder.path()) };
    let caller = with_lab(settings()).await;
    let device = enrolled(&caller).await[0];
    caller.post(&format!("/API/v1/devices/{device}/commands"), json!({"Command": "Lock"})).await.json();
    let told = effects(&caller, "").await;
    let old = caller.tenant.ready.lab.clone().expect("a laboratory");
    caller.tenant.stop().await;
    let caller = with_lab(settings()).await;
    assert_eq!(effects(&caller, "").await, told);
    assert_ne!(caller.tenant.ready.lab.as_ref().expect("a laboratory").token, old.token, "a token of this start");
    caller.tenant.stop().await;
}

#[tokio::test]
async fn time_is_stepped_and_the_devices_live_up_to_it() {
    let caller = with_lab(Settings::in_memory()).await;
    let device = enrolled(&caller).await[0];
    let path = format!("/API/v1/devices/{device}/commands");
    caller.post(&path, json!({"Command": "SyncDevice"})).await.json();
    let before = caller.tenant.now();
    let answer = read(lab(&caller, Method::POST, "/lab/time").body(r#"{"advance":"2h"}"#)).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(caller.tenant.now().duration_since(before).as_secs(), 7200);
    let now: Value = serde_json::from_str(&answer.text).expect("JSON");
    assert_eq!(now["now"], caller.tenant.now().to_string().as_str());
    let answer = read(lab(&caller, Method::GET, "/lab/fleet")).await;
    let told: Value = serde_json::from_str(&answer.text).expect("JSON");
    let lived = caller.tenant.history().await.expect("reads");
    assert!(lived.events > 0);
    assert_eq!(told, json!({"now": now["now"], "events": lived.events, "hash": lived.hash()}));
    let history = caller.get(&path).await.json();
    assert_ne!(history["Commands"][0]["Status"], "Queued", "{history}");
    for wrong in [r#"{"advance":"soon"}"#, r#"{"advance":"-2h"}"#, "{}", "2h"] {
        assert_eq!(read(lab(&caller, Method::POST, "/lab/time").body(wrong)).await.status, 400);
    }
}

#[tokio::test]
async fn orders_are_listed_and_taken_back() {
    let caller =
        with_lab(Settings { faults: vec!["page:on=writes".parse().expect("reads")], ..Settings::in_memory() }).await;
    let id = order(&caller, "fail:status=502,html,every=2,on=reads").await;
    let mut seen = Vec::new();
    for _ in 0..4 {
        seen.push(caller.get("/api/system/info").await.status);
    }
    assert_eq!(seen, [200, 502, 200, 502]);
    let listed: Value = serde_json::from_str(&read(lab(&caller, Method::GET, "/lab/faults")).await.text).expect("JSON");
    assert_eq!(
        listed,
        json!([
            {"id": 1, "fault": "page:on=writes", "met": 0},
            {"id": id, "fault": "fail:status=502,html,on=reads,every=2", "met": 2},
        ])
    );
    assert_eq!(read(lab(&caller, Method::DELETE, &format!("/lab/faults/{id}"))).await.status, 204);
    assert_eq!(read(lab(&caller, Method::DELETE, &format!("/lab/faults/{id}"))).await.status, 404);
    assert_eq!(caller.get("/api/system/info").await.status, 200);
    assert_eq!(read(lab(&caller, Method::DELETE, "/lab/faults")).await.status, 204);
    assert_eq!(read(lab(&caller, Method::GET, "/lab/faults")).await.text, "[]");
    let wrong = lab(&caller, Method::POST, "/lab/faults").body(r#"{"fault":"thunder"}"#);
    let refused = read(wrong).await;
    assert!(refused.status == 400 && refused.text.contains("thunder"), "{refused:?}");
}

#[tokio::test]
async fn the_laboratory_is_for_those_with_its_token_only() {
    let caller = with_lab(Settings::in_memory()).await;
    let url = format!("{}/lab/faults", caller.tenant.ready.lab.as_ref().expect("a laboratory").url);
    assert_eq!(read(client().get(&url)).await.status, 401);
    assert_eq!(read(client().get(&url).bearer_auth("guess")).await.status, 401);
    let ready = &caller.tenant.ready;
    let administrator = client().get(&url).basic_auth(&ready.username, Some(&ready.password));
    assert_eq!(read(administrator.header("aw-tenant-code", &ready.tenant_code)).await.status, 401);
    // The API knows nothing of it, and without a wish there is none.
    assert_eq!(caller.get("/lab/faults").await.status, 404);
    assert_eq!(start(Settings::in_memory()).await.expect("starts").ready.lab, None);
}

#[tokio::test]
async fn a_step_of_the_clock_is_seen_by_callers() {
    let caller = with_lab(Settings::in_memory()).await;
    let before = caller.tenant.now();
    let request = lab(&caller, Method::POST, "/lab/faults").body(r#"{"fault":"clock:by=-90m"}"#);
    assert_eq!(read(request).await.status, 201);
    assert_eq!(before.duration_since(caller.tenant.now()).as_secs(), 90 * 60);
    assert_eq!(caller.get("/api/system/info").await.header("date"), "Mon, 05 Jan 2026 06:30:00 GMT");
    caller.wait(Duration::from_secs(60)).await;
}
