//! What holds for every request: addresses, versions, headers, limits.

use muster_uem::{DEFAULT_RATE_LIMIT, Habits, Settings};
use reqwest::Method;
use serde_json::json;

use crate::caller::{Caller, read};

#[tokio::test]
async fn health_needs_no_credentials() {
    let caller = Caller::new().await;
    let answer = read(caller.bare(Method::GET, "/healthz")).await;
    assert_eq!((answer.status, answer.text.as_str()), (200, "ok\n"));
}

#[tokio::test]
async fn addresses_are_read_as_scripts_write_them() {
    let caller = Caller::new().await;
    for path in [
        "/api/mdm/devices/search?pagesize=1",
        "/API/MDM/Devices/SEARCH?PageSize=1",
        "//api//mdm/devices/search/?pagesize=1",
        "/api/v1/mdm/devices/search?pagesize=1",
        "/api/mdm/devices/se%61rch?pagesize=1",
    ] {
        let answer = caller.get(path).await;
        assert_eq!(answer.json()["Devices"].as_array().expect("devices").len(), 1, "{path}");
        assert_eq!(answer.header("x-api-version"), "v1");
    }
    let second = caller.get("/API/V2/mdm/devices/search?pagesize=1").await;
    assert_eq!((second.json()["PageSize"].as_u64(), second.header("x-api-version")), (Some(1), "v2"));
    let guide = caller.get("/api/V1/Devices/search/?pagesize=1").await.json();
    assert_eq!(guide["Total"], 200);
}

#[tokio::test]
async fn an_unknown_address_is_a_page_and_a_wrong_method_is_told() {
    let caller = Caller::new().await;
    for path in ["/api/mdm/nothing", "/api/mdm/devices/fifty", "/API/v1/nothing", "/", "/api/v1/devices/52/tags"] {
        let answer = caller.get(path).await;
        assert_eq!((answer.status, answer.header("content-type")), (404, "text/html; charset=utf-8"), "{path}");
        assert!(answer.text.starts_with("<!DOCTYPE html>"));
    }
    let wrong = caller.put("/api/mdm/devices/search", json!({})).await;
    assert_eq!(wrong.error(), (405, 405));
    assert_eq!(wrong.header("allow"), "GET");
}

#[tokio::test]
async fn versions_follow_the_accept_header() {
    let caller = Caller::new().await;
    let served = async |path: &str, accept: Option<&str>| {
        let request = caller.request(Method::GET, path);
        let mut request = request.build().expect("a request");
        request.headers_mut().remove("accept");
        if let Some(accept) = accept {
            request.headers_mut().insert("accept", accept.parse().expect("a value"));
        }
        let answer = caller.http.execute(request).await.expect("an answer");
        let header = |name| answer.headers().get(name).map(|value| value.to_str().expect("text").to_owned());
        (answer.status().as_u16(), header("x-api-version"), header("api-supported-versions"))
    };
    let (path, one) = ("/api/mdm/devices/bulksettings", Some("v1".to_owned()));
    for accept in [
        None,
        Some("*/*"),
        Some("application/json;"),
        Some("Application/json"),
        Some("application/xml"),
        Some("application/json;version=1"),
        Some("application/json; version=2"),
        Some("application/json;version=9"),
    ] {
        assert_eq!(served(path, accept).await, (200, one.clone(), Some("1".to_owned())), "{accept:?}");
    }
    let groups = "/api/system/groups/search";
    for (accept, version) in [("version=2", "v2"), ("version=3", "v2"), ("version=1", "v1"), ("", "v1")] {
        let accept = format!("application/json;{accept}");
        let expected = (200, Some(version.to_owned()), Some("1, 2".to_owned()));
        assert_eq!(served(groups, Some(&accept)).await, expected, "{accept}");
    }
}

#[tokio::test]
async fn every_answer_says_who_it_is_and_where_the_limit_stands() {
    let caller = Caller::new().await;
    let (one, other) = (caller.get("/api/system/info").await, caller.get("/api/nothing").await);
    assert_ne!(one.header("x-correlation-id"), other.header("x-correlation-id"));
    for answer in [&one, &other] {
        assert!(answer.header("x-correlation-id").parse::<uuid::Uuid>().is_ok());
        assert!(!answer.header("date").is_empty());
        assert_eq!(answer.header("x-ratelimit-limit"), DEFAULT_RATE_LIMIT.to_string());
        assert!(answer.header("x-ratelimit-reset").parse::<i64>().expect("a time") > 1_700_000_000);
    }
    let fault: serde_json::Value =
        serde_json::from_str(&caller.get("/api/mdm/devices/999999").await.text).expect("a fault");
    assert!(fault["activityId"].is_string());
}

#[tokio::test]
async fn who_calls_too_often_is_told_to_wait() {
    let caller = Caller::of(Settings { rate_limit: Some(3), devices: 20, ..Settings::in_memory() }).await;
    for left in ["2", "1", "0"] {
        let answer = caller.get("/api/system/info").await;
        assert_eq!((answer.status, answer.header("x-ratelimit-remaining")), (200, left));
        assert_eq!(answer.header("x-ratelimit-limit"), "3");
    }
    let refused = caller.get("/api/system/info").await;
    assert_eq!(refused.error(), (429, 429));
    let seconds: u64 = refused.header("retry-after").parse().expect("seconds");
    assert!((1..=60).contains(&seconds));
    assert_eq!(refused.header("x-ratelimit-remaining"), "0");
    assert_eq!(read(caller.bare(Method::GET, "/healthz")).await.status, 200, "health is not limited");
}

#[tokio::test]
async fn bodies_that_make_no_sense_are_refused() {
    let caller = Caller::new().await;
    let send = |body: &'static str| read(caller.request(Method::POST, "/API/v1/users").body(body));
    assert_eq!(send("{\"Username\":").await.error(), (400, 400));
    assert_eq!(send("[]").await.error(), (422, 1012));
    assert_eq!(send("{\"Username\":5}").await.error(), (422, 1012));
    assert_eq!(caller.get("/api/mdm/devices/search?pagesize=ten").await.error(), (400, 400));
}

#[tokio::test]
async fn a_tenant_may_be_strict_about_queries_and_plain_about_empty_lists() {
    let usual = Caller::new().await;
    usual.get("/api/mdm/devices/search?user=nobody-has-this-name").await.nothing(204);
    usual.get("/api/mcm/categories").await.nothing(204);
    assert_eq!(usual.get("/api/mdm/devices/search?platfrom=Apple").await.json()["Total"], 200, "ignored");

    let habits = Habits { empty_lists: true, refuse_unknown_queries: true };
    let strict = Caller::of(Settings { habits, ..Settings::in_memory() }).await;
    let empty = strict.get("/api/mdm/devices/search?user=nobody-has-this-name").await.json();
    assert_eq!((empty["Devices"].as_array().map(Vec::len), &empty["Total"]), (Some(0), &json!(0)));
    assert_eq!(strict.get("/api/mcm/categories").await.json()["Total"], 0);
    let refused = strict.get("/api/mdm/devices/search?platfrom=Apple").await;
    assert_eq!(refused.error(), (400, 400));
    assert!(refused.text.contains("platfrom"), "{refused:?}");
    assert_eq!(strict.get("/api/mdm/devices/search?pagesize=4000000000").await.error(), (400, 400));
}
