//! Who may call, and what everybody else hears.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use muster_uem::Settings;
use reqwest::Method;
use serde_json::Value;

use crate::caller::{Answer, Caller, read};

const PATH: &str = "/api/system/info";

fn basic(name: &str, secret: &str) -> String {
    format!("Basic {}", STANDARD.encode(format!("{name}:{secret}")))
}

async fn ask(caller: &Caller, authorization: Option<&str>, tenant_code: Option<&str>) -> Answer {
    let mut request = caller.bare(Method::GET, PATH);
    if let Some(value) = authorization {
        request = request.header("Authorization", value);
    }
    if let Some(value) = tenant_code {
        request = request.header("aw-tenant-code", value);
    }
    read(request).await
}

#[tokio::test]
async fn basic_needs_both_the_password_and_the_tenant_code() {
    let caller = Caller::new().await;
    let ready = caller.tenant.ready.clone();
    let (right, code) = (basic(&ready.username, &ready.password), ready.tenant_code.as_str());
    assert_eq!(ask(&caller, Some(&right), Some(code)).await.status, 200);
    for wrong in [None, Some("XYZ"), Some("")] {
        assert_eq!(ask(&caller, Some(&right), wrong).await.error(), (403, 1013), "{wrong:?}");
        assert_eq!(ask(&caller, None, wrong).await.error(), (403, 1013));
    }
    let text = ask(&caller, Some(&right), Some("XYZ")).await.text;
    assert!(text.contains("Tenant code XYZ does not identify an Organization Group."));

    let bad = [
        None,
        Some(basic(&ready.username, "wrong")),
        Some(basic(&ready.username, "")),
        Some(basic("somebody", &ready.password)),
        Some("Basic ///".to_owned()),
        Some("Basic".to_owned()),
        Some("Negotiate abc".to_owned()),
    ];
    for wrong in &bad {
        let refused = ask(&caller, wrong.as_deref(), Some(code)).await;
        assert_eq!(refused.error(), (401, 1005), "{wrong:?}");
        assert!(refused.header("www-authenticate").starts_with("Basic"));
    }
    // Not a word about the tenant before the door.
    let elsewhere = read(caller.bare(Method::GET, "/nowhere").header("aw-tenant-code", code)).await;
    assert_eq!(elsewhere.error(), (401, 1005));
}

async fn token(caller: &Caller, path: &str, form: &[(&str, &str)], authorization: Option<&str>) -> Answer {
    let mut request = caller.bare(Method::POST, path).form(form);
    if let Some(value) = authorization {
        request = request.header("Authorization", value);
    }
    read(request).await
}

#[tokio::test]
async fn a_token_opens_the_door_for_an_hour_with_or_without_the_tenant_code() {
    let caller = Caller::new().await;
    let ready = caller.tenant.ready.clone();
    assert_eq!(ready.oauth.token_url, format!("{}/connect/token", ready.url));
    let (id, secret) = (ready.oauth.client_id.as_str(), ready.oauth.client_secret.as_str());
    let grant = ("grant_type", "client_credentials");
    let in_form = [grant, ("client_id", id), ("client_secret", secret)];
    let header = basic(id, secret);
    let ways = [
        ("/connect/token", in_form.as_slice(), None),
        ("/oauth/token", &in_form, None),
        ("/Connect/Token", &[grant], Some(header.as_str())),
    ];
    let mut bearer = String::new();
    for (path, form, authorization) in ways {
        let body = token(&caller, path, form, authorization).await.json();
        assert_eq!((&body["expires_in"], &body["token_type"]), (&Value::from(3600), &Value::from("Bearer")));
        bearer = format!("Bearer {}", body["access_token"].as_str().expect("a token"));
        assert_eq!(ask(&caller, Some(&bearer), None).await.status, 200);
    }
    assert_eq!(ask(&caller, Some(&bearer), Some(&ready.tenant_code)).await.status, 200);
    assert_eq!(ask(&caller, Some(&bearer), Some("XYZ")).await.error(), (403, 1013));
    assert_eq!(ask(&caller, Some("Bearer nonsense"), None).await.error(), (401, 1005));
    // The secret itself is no token.
    assert_eq!(ask(&caller, Some(&format!("Bearer {secret}")), None).await.error(), (401, 1005));

    caller.wait(Duration::from_secs(3599)).await;
    assert_eq!(ask(&caller, Some(&bearer), None).await.status, 200);
    caller.wait(Duration::from_secs(1)).await;
    assert_eq!(ask(&caller, Some(&bearer), None).await.error(), (401, 1005));
}

#[tokio::test]
async fn a_token_is_refused_in_the_words_of_oauth() {
    let caller = Caller::new().await;
    let id = caller.tenant.ready.oauth.client_id.clone();
    let grant = ("grant_type", "client_credentials");
    let wrong: [&[(&str, &str)]; 3] = [
        &[grant, ("client_id", &id), ("client_secret", "no")],
        &[grant, ("client_id", "no"), ("client_secret", "no")],
        &[grant],
    ];
    for form in wrong {
        let refused = token(&caller, "/connect/token", form, None).await;
        assert_eq!((refused.status, refused.text.as_str()), (401, r#"{"error":"invalid_client"}"#));
    }
    let other = token(&caller, "/connect/token", &[("grant_type", "password")], None).await;
    assert_eq!((other.status, other.text.as_str()), (400, r#"{"error":"unsupported_grant_type"}"#));
    assert_eq!(token(&caller, "/connect/token", &[], None).await.status, 400);
    assert_eq!(read(caller.bare(Method::GET, "/connect/token")).await.status, 405);
}

#[tokio::test]
async fn requests_for_tokens_are_counted_and_logged() {
    let caller = Caller::of(Settings { rate_limit: Some(6), ..Settings::in_memory() }).await;
    let ready = caller.tenant.ready.clone();
    let grant = ("grant_type", "client_credentials");
    let right = [grant, ("client_id", &ready.oauth.client_id), ("client_secret", &ready.oauth.client_secret)];
    let wrong = [grant, ("client_id", &ready.oauth.client_id), ("client_secret", "no")];
    let stranger = [grant, ("client_id", "no"), ("client_secret", "no")];
    let good = token(&caller, "/connect/token", &right, None).await;
    assert_eq!((good.status, good.header("x-ratelimit-remaining")), (200, "5"));
    assert_eq!(token(&caller, "/connect/token", &wrong, None).await.status, 401);
    assert_eq!(token(&caller, "/connect/token", &stranger, None).await.status, 401);

    let log = caller.get("/API/v1/console/apilog?operation=oauth.token").await.json();
    let rows = crate::caller::list(&log, "Entries");
    let told: Vec<_> = rows.iter().map(|row| (&row["Status"], &row["Caller"], &row["Object"])).collect();
    let (status, name) = (|status: u16| Value::from(status), Value::from(ready.oauth.client_id.as_str()));
    let nobody = Value::from("");
    assert_eq!(
        told,
        [(&status(401), &nobody, &nobody), (&status(401), &nobody, &name), (&status(200), &name, &name)],
        "{log}"
    );
    for _ in 0..2 {
        token(&caller, "/connect/token", &stranger, None).await;
    }
    let late = token(&caller, "/connect/token", &right, None).await;
    assert_eq!(late.error(), (429, 429));
    assert!(late.header("retry-after").parse::<u64>().is_ok_and(|seconds| (1..=60).contains(&seconds)));
}

#[tokio::test]
async fn commands_carry_the_name_of_whoever_sent_them() {
    let caller = Caller::new().await;
    let ready = caller.tenant.ready.clone();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", ready.oauth.client_id.as_str()),
        ("client_secret", ready.oauth.client_secret.as_str()),
    ];
    let body = token(&caller, "/connect/token", &form, None).await.json();
    let bearer = body["access_token"].as_str().expect("a token");
    let found = caller.get("/API/v1/devices/search?pagesize=200").await.json();
    let device = found["Devices"].as_array().expect("devices").iter().find(|row| row["EnrollmentStatus"] == "Enrolled");
    let id = crate::caller::id(device.expect("an enrolled device"));
    let path = format!("/API/v1/devices/{id}/commands");
    let sent = caller.bare(Method::POST, &path).bearer_auth(bearer).body(r#"{"Command":"Lock"}"#);
    assert_eq!(read(sent).await.status, 200);
    let history = caller.get(&path).await.json();
    assert_eq!(history["Commands"][0]["RequestedBy"], ready.oauth.client_id);
    assert_eq!(history["Commands"][0]["Command"], "DeviceLock");
}
