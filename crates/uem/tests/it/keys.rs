//! API keys as the guide has them, OAuth clients, and passwords that somebody guesses.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::areas::access::login;
use crate::caller::{Answer, Caller, list, read};

const KEYS: &str = "/API/v1/console/apikeys";
const INFO: &str = "/api/system/info";
const HOUR: Duration = Duration::from_secs(3600);

async fn made(uem: &Caller, body: Value) -> (i64, String) {
    let made = uem.post(KEYS, body).await;
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    (made["Id"].as_i64().expect("an id"), made["ApiKey"].as_str().expect("a key").to_owned())
}

/// As the first administrator, with this key.
async fn ask(uem: &Caller, key: &str, path: &str) -> Answer {
    let ready = &uem.tenant.ready;
    let request = uem.bare(Method::GET, path).basic_auth(&ready.username, Some(&ready.password));
    read(request.header("aw-tenant-code", key)).await
}

#[tokio::test]
async fn a_key_is_shown_once_and_bounded_by_what_it_says() {
    let uem = Caller::new().await;
    let (id, key) = made(&uem, json!({"Service": "reports", "Permissions": ["devices:read"], "DailyQuota": 4})).await;
    assert!(key.len() == 44 && key.ends_with('='), "base64, as real ones are: {key}");
    let listed = uem.get(KEYS).await;
    assert!(!listed.text.contains(&key) && listed.text.contains("reports"));
    assert_eq!(ask(&uem, &key, "/API/v1/devices/search").await.status, 200);
    assert_eq!(ask(&uem, &key, "/API/v1/users/search").await.error(), (403, 1011), "it may less than its user");
    let one = uem.get(&format!("{KEYS}/{id}")).await.json();
    assert_eq!((&one["DailyUsage"], &one["Permissions"]), (&json!(2), &json!(["devices:read"])));
    assert!(one["LastUsedOn"].as_str().expect("a time").starts_with("2026-01-05T08:00"));
    ask(&uem, &key, INFO).await;
    ask(&uem, &key, INFO).await;
    assert_eq!(ask(&uem, &key, INFO).await.status, 429, "its quota of the day is used up");
    uem.wait(24 * HOUR).await;
    assert_eq!(ask(&uem, &key, "/API/v1/devices/search").await.status, 200);

    for (bad, status) in [
        (json!({"Service": " "}), 422),
        (json!({"Service": "s", "Permissions": ["fly:high"]}), 400),
        (json!({"Service": "s", "AllowedNetworks": ["home"]}), 400),
        (json!({"Service": "s", "ExpiresOn": "2020-01-01T00:00:00"}), 400),
        (json!({"Service": "s", "AccountId": 99}), 404),
        (json!({"Service": "s", "LocationGroupId": 99}), 404),
        (json!({"Service": "s", "AccountType": "Robot"}), 422),
    ] {
        assert_eq!(uem.post(KEYS, bad.clone()).await.status, status, "{bad}");
    }
    assert_eq!(uem.get(&format!("{KEYS}/99")).await.error().0, 404);
}

#[tokio::test]
async fn a_key_ends_by_expiry_rotation_and_revocation() {
    let uem = Caller::new().await;
    let (_, brief) = made(&uem, json!({"Service": "brief", "ExpiresOn": "2026-01-05T10:00:00Z"})).await;
    let (id, first) = made(&uem, json!({"Service": "long"})).await;
    let rotated = uem.post(&format!("{KEYS}/{id}/rotate"), json!({"OverlapHours": 3})).await.json();
    let second = rotated["ApiKey"].as_str().expect("a key").to_owned();
    assert!(rotated["RotatedUntil"].as_str().expect("a time").starts_with("2026-01-05T11:00"));
    let statuses = async || {
        let mut statuses = Vec::new();
        for key in [&brief, &first, &second] {
            statuses.push(ask(&uem, key, INFO).await.status);
        }
        statuses
    };
    assert_eq!(statuses().await, [200, 200, 200], "old and new live side by side");
    uem.wait(2 * HOUR).await;
    assert_eq!(statuses().await, [403, 200, 200]);
    uem.wait(HOUR).await;
    assert_eq!(statuses().await, [403, 403, 200]);
    uem.delete(&format!("{KEYS}/{id}")).await.nothing(204);
    assert_eq!(ask(&uem, &second, INFO).await.error(), (403, 1013), "as if it had never been");
    assert_eq!(uem.delete(&format!("{KEYS}/{id}")).await.error().0, 409);
    assert_eq!(uem.post(&format!("{KEYS}/{id}/rotate"), json!({})).await.error().0, 409);
    assert_eq!(uem.post(&format!("{KEYS}/{id}/rotate"), json!({"OverlapHours": 9999})).await.error().0, 400);
    assert_eq!(login(&uem, "x", "Helpdesk", 570).await.get(&uem, KEYS).await.error(), (403, 1011));
    assert!(uem.get(&format!("{KEYS}/{id}")).await.json()["RevokedOn"].is_string());
    assert_eq!(uem.get(&format!("{KEYS}/99")).await.error().0, 404);
    let listed = uem.get(KEYS).await.json();
    assert_eq!(list(&listed, "ApiKeys").len(), 3);
    assert_eq!(uem.post(KEYS, json!({"Service": "x", "AllowedNetworks": ["home"]})).await.error().0, 400);
    uem.covers(&["console/apikeys"]);
}

#[tokio::test]
async fn a_key_opens_from_its_networks_for_its_hierarchy_and_its_kind_of_account() {
    let uem = Caller::new().await;
    let (_, near) = made(&uem, json!({"Service": "near", "AllowedNetworks": ["10.0.0.0/8", "127.0.0.0/8"]})).await;
    let (_, far) = made(&uem, json!({"Service": "far", "AllowedNetworks": ["10.0.0.0/8"]})).await;
    assert_eq!(ask(&uem, &near, INFO).await.status, 200);
    let refused = ask(&uem, &far, INFO).await;
    assert_eq!(refused.error(), (403, 1013), "the same as a key that there is not");
    let (_, users) = made(&uem, json!({"Service": "users", "AccountType": "EnrollmentUser"})).await;
    assert_eq!(ask(&uem, &users, INFO).await.error(), (403, 1011));

    // Up and down the line a key is good, beside it not.
    let (_, germany) = made(&uem, json!({"Service": "germany", "LocationGroupId": 574})).await;
    let europe = login(&uem, "europe", "Read Only", 571).await;
    let america = login(&uem, "america", "Read Only", 572).await;
    let with = async |login: &crate::areas::access::Login, key: &str| {
        let mut request = login.request(&uem, Method::GET, INFO).build().expect("a request");
        request.headers_mut().insert("aw-tenant-code", key.parse().expect("a header"));
        uem.http.execute(request).await.expect("an answer").status().as_u16()
    };
    assert_eq!((with(&europe, &germany).await, with(&america, &germany).await), (200, 403));
    let request = america.request(&uem, Method::GET, INFO).build().expect("a request");
    assert!(request.headers().contains_key("aw-tenant-code"));
    let search = uem.bare(Method::GET, "/api/system/groups/search?groupid=meridian-de");
    let search = search.header("Accept", "application/json;version=2");
    let ready = &uem.tenant.ready;
    let search = search.basic_auth(&ready.username, Some(&ready.password)).header("aw-tenant-code", &ready.tenant_code);
    let published = read(search).await.json();
    let uuid = published["OrganizationGroups"][0]["Uuid"].as_str().expect("a UUID").to_owned();
    let keys = uem.get(&format!("/api/system/v2/groups/{uuid}/api-keys")).await.json();
    assert_eq!(
        (&keys["api_keys"][0]["service_name"], &keys["api_keys"][0]["daily_quota_usage"]),
        (&json!("germany"), &json!(2))
    );
    let nowhere = format!("/api/system/v2/groups/{}/api-keys", uuid::Uuid::nil());
    assert_eq!(uem.get(&nowhere).await.error(), (404, 6008));
    uem.covers(&["systemv1/RestApiSettingsV2"]);
}

#[tokio::test]
async fn a_service_account_signs_in_with_its_key_alone() {
    let uem = Caller::new().await;
    login(&uem, "nightly", "Read Only", 574).await;
    let accounts = uem.get("/API/v1/console/accounts").await.json();
    let account =
        list(&accounts, "Accounts").iter().find(|row| row["UserName"] == "nightly").expect("is there").clone();
    let (_, key) = made(&uem, json!({"Service": "nightly", "AccountId": account["Id"], "LocationGroupId": 574})).await;
    let code = uem.tenant.ready.tenant_code.clone();
    for (header, value) in [("x-api-key", key.clone()), ("authorization", format!("ApiKey {key}"))] {
        let request = || uem.bare(Method::GET, "/API/v1/users/search?pagesize=500").header(header, &value);
        let found = read(request().header("aw-tenant-code", &code)).await.json();
        assert!(list(&found, "Users").iter().all(|row| row["LocationGroupId"] == "574"), "{header}");
        assert_eq!(read(request()).await.error(), (403, 1013), "the tenant code is needed too");
        let wrong = uem.bare(Method::GET, INFO).header(header, format!("{value}x")).header("aw-tenant-code", &code);
        assert_eq!(read(wrong).await.error(), (401, 1005));
    }
}

#[tokio::test]
async fn an_oauth_client_has_one_role_and_its_tokens_end_with_it() {
    let uem = Caller::new().await;
    let clients = "/API/v1/console/oauthclients";
    let made = uem.post(clients, json!({"Name": "sync", "Role": "Read Only", "LocationGroupId": 574})).await;
    assert_eq!(made.status, 201);
    let made = made.json();
    let (id, secret) = (made["ClientId"].as_str().expect("an id"), made["ClientSecret"].as_str().expect("a secret"));
    assert!(!uem.get(clients).await.text.contains(secret));
    let grant = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let token = read(uem.bare(Method::POST, "/oauth/token").form(&grant)).await.json();
    let token = token["access_token"].as_str().expect("a token").to_owned();
    assert_eq!(token.split('.').count(), 3, "a JWT");
    let ask = async |path: &str| read(uem.bare(Method::GET, path).bearer_auth(&token)).await;
    let found = ask("/API/v1/users/search?pagesize=500").await.json();
    assert!(list(&found, "Users").iter().all(|row| row["LocationGroupId"] == "574"));
    let lock = uem.bare(Method::POST, "/API/v1/devices/1/commands").bearer_auth(&token).body(r#"{"Command":"Lock"}"#);
    assert_eq!(read(lock).await.error(), (403, 1011));
    uem.delete(&format!("{clients}/{id}")).await.nothing(204);
    assert_eq!(ask(INFO).await.error(), (401, 1005), "the token was good for an hour");
    let refused = read(uem.bare(Method::POST, "/connect/token").form(&grant)).await;
    assert_eq!((refused.status, refused.text.as_str()), (401, r#"{"error":"invalid_client"}"#));
    assert_eq!(uem.delete(&format!("{clients}/{id}")).await.error().0, 409);
    assert_eq!(uem.post(clients, json!({"Name": "x", "Role": "none"})).await.error().0, 404);
    assert_eq!(login(&uem, "x", "Helpdesk", 570).await.get(&uem, clients).await.error(), (403, 1011));
    uem.covers(&["console/oauthclients"]);
}

#[tokio::test]
async fn five_wrong_passwords_lock_a_name_and_nobody_hears_whether_it_exists() {
    let uem = Caller::new().await;
    let victim = login(&uem, "victim", "Read Only", 570).await;
    assert_eq!(victim.get(&uem, INFO).await.status, 200);
    let try_as = async |name: &str, password: &str| {
        let request = uem.bare(Method::GET, INFO).basic_auth(name, Some(password));
        read(request.header("aw-tenant-code", &uem.tenant.ready.tenant_code)).await
    };
    for name in ["victim", "nobody"] {
        for _ in 0..7 {
            let refused = try_as(name, "guess").await;
            let text = format!("credentials or user not found : {name}");
            assert!(refused.error() == (401, 1005) && refused.text.contains(&text), "{refused:?}");
        }
    }
    let locked = victim.get(&uem, INFO).await;
    assert_eq!(locked.error(), (401, 1005), "locked, also for what was right a moment ago");
    uem.wait(Duration::from_secs(14 * 60)).await;
    assert_eq!(victim.get(&uem, INFO).await.status, 401);
    uem.wait(Duration::from_secs(60)).await;
    assert_eq!(victim.get(&uem, INFO).await.status, 200);

    // A console unlocks at once.
    for _ in 0..5 {
        try_as("victim", "guess").await;
    }
    assert_eq!(victim.get(&uem, INFO).await.status, 401);
    let accounts = uem.get("/API/v1/console/accounts").await.json();
    let id =
        list(&accounts, "Accounts").iter().find(|row| row["UserName"] == "victim").expect("is there")["Id"].clone();
    uem.put(&format!("/API/v1/console/accounts/{id}/state"), json!({"Unlock": true})).await.nothing(204);
    assert_eq!(victim.get(&uem, INFO).await.status, 200);
}
