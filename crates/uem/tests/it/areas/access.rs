//! The console by API: accounts, roles, keys, clients, certificates, settings and the log.

use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Answer, Caller, list, read};

/// As whom a request is sent.
pub(crate) struct Login {
    name: String,
    password: String,
}

/// An account with a role in a group, made by the first administrator.
pub(crate) async fn login(uem: &Caller, name: &str, role: &str, group: i64) -> Login {
    let new = json!({"UserName": name, "Role": role, "LocationGroupId": group});
    let made = uem.post("/API/v1/console/accounts", new).await.json();
    let password = made["Password"].as_str().expect("a password is made").to_owned();
    Login { name: name.to_owned(), password }
}

impl Login {
    pub(crate) fn request(&self, uem: &Caller, method: Method, path: &str) -> reqwest::RequestBuilder {
        uem.bare(method, path)
            .basic_auth(&self.name, Some(&self.password))
            .header("aw-tenant-code", &uem.tenant.ready.tenant_code)
            .header("Content-Type", "application/json")
    }

    pub(crate) async fn get(&self, uem: &Caller, path: &str) -> Answer {
        read(self.request(uem, Method::GET, path)).await
    }

    pub(crate) async fn send(&self, uem: &Caller, method: Method, path: &str, body: Value) -> Answer {
        read(self.request(uem, method, path).body(body.to_string())).await
    }
}

const ACCOUNTS: &str = "/API/v1/console/accounts";
const ROLES: &str = "/API/v1/console/roles";
const KEYS: &str = "/API/v1/console/apikeys";
const CLIENTS: &str = "/API/v1/console/oauthclients";
const INFO: &str = "/api/system/info";

#[tokio::test]
async fn accounts_come_and_go_with_their_passwords_and_roles() {
    let uem = Caller::new().await;
    let new = json!({"username": "Ada", "password": "correct horse", "role": "Helpdesk", "locationGroupId": 571,
                     "AccountType": "Administrator"});
    let made = uem.post(ACCOUNTS, new.clone()).await;
    assert_eq!(made.status, 201);
    let id = made.json()["Id"].as_i64().expect("an id");
    assert_eq!(made.json().get("Password"), None, "a password that was given is not told");
    let path = format!("{ACCOUNTS}/{id}");
    let ada = Login { name: "ada".to_owned(), password: "correct horse".to_owned() };
    assert_eq!(ada.get(&uem, INFO).await.status, 200);
    let shown = uem.get(&path).await.json();
    assert_eq!((&shown["AccountType"], &shown["Roles"][0]["RoleName"]), (&json!("Administrator"), &json!("Helpdesk")));
    assert!(list(&uem.get(ACCOUNTS).await.json(), "Accounts").iter().any(|account| account["UserName"] == "Ada"));

    assert_eq!(uem.post(ACCOUNTS, new).await.status, 409, "the name is taken");
    for (bad, status) in [
        (json!({"UserName": "b", "Role": "Helpdesk", "Password": "short"}), 400),
        (json!({"UserName": "b:c", "Role": "Helpdesk"}), 400),
        (json!({"UserName": "b", "Role": "Nobody"}), 404),
        (json!({"UserName": "b", "Role": "Helpdesk", "LocationGroupId": 99}), 404),
        (json!({"Role": "Helpdesk"}), 422),
    ] {
        assert_eq!(uem.post(ACCOUNTS, bad.clone()).await.status, status, "{bad}");
    }

    // A new password ends the old one at once.
    uem.put(&format!("{path}/password"), json!({"Password": "battery staple"})).await.nothing(204);
    assert_eq!(ada.get(&uem, INFO).await.error(), (401, 1005));
    let ada = Login { password: "battery staple".to_owned(), ..ada };
    assert_eq!(ada.get(&uem, INFO).await.status, 200);
    assert_eq!(uem.put(&format!("{path}/password"), json!({"Password": "x"})).await.error().0, 400);

    // So does disabling, in the words of a wrong password.
    uem.put(&format!("{path}/state"), json!({"Active": false})).await.nothing(204);
    assert_eq!(ada.get(&uem, INFO).await.error(), (401, 1005));
    uem.put(&format!("{path}/state"), json!({"Active": true, "Unlock": true})).await.nothing(204);
    assert_eq!(uem.put(&format!("{ACCOUNTS}/99/state"), json!({})).await.error().0, 404);

    // Helpdesk makes no users; with another role it does, and only there.
    let user = |name: &str, group: i64| {
        json!({"Username": name, "FirstName": "N", "LastName": "N", "Email": "n@example.com",
               "SecurityType": "Directory", "LocationGroupId": group.to_string()})
    };
    let add = "/API/v1/users";
    assert_eq!(ada.send(&uem, Method::POST, add, user("n1", 571)).await.error(), (403, 1011));
    uem.put(&format!("{path}/roles"), json!({"RoleName": "User Management", "LocationGroupId": 571}))
        .await
        .nothing(204);
    assert_ne!(ada.send(&uem, Method::POST, add, user("n2", 571)).await.status, 403);
    assert_eq!(uem.put(&format!("{path}/roles"), json!({"RoleId": 77})).await.error().0, 404);
    uem.delete(&format!("{path}/roles/6")).await.nothing(204);
    assert_eq!(uem.delete(&format!("{path}/roles/6")).await.error().0, 404);
    assert_eq!(ada.send(&uem, Method::POST, add, user("n3", 571)).await.error(), (403, 1011));

    uem.delete(&path).await.nothing(204);
    assert_eq!(ada.get(&uem, INFO).await.error(), (401, 1005));
    assert_eq!((uem.get(&path).await.error().0, uem.delete(&path).await.error().0), (404, 404));
    let reader = login(&uem, "blind", "Content Management", 570).await;
    assert_eq!(reader.get(&uem, ACCOUNTS).await.error(), (403, 1011));
    uem.covers(&["console/accounts"]);
}

#[tokio::test]
async fn a_role_of_ones_own_allows_what_it_names_and_nobody_gives_more_than_they_have() {
    let uem = Caller::new().await;
    let new = json!({"Name": "Locksmith", "Rights": ["devices:read", "commands:send:DeviceLock"]});
    let role = uem.post(ROLES, new.clone()).await;
    assert_eq!(role.status, 201);
    let role = role.json()["Id"].as_i64().expect("an id");
    assert_eq!(uem.post(ROLES, new).await.error().0, 409);
    let bad = json!({"Name": "Printer", "Rights": ["printers:read"]});
    let refused = uem.post(ROLES, bad).await;
    assert!(refused.error().0 == 400 && refused.text.contains("printers:read"), "{refused:?}");

    let smith = login(&uem, "smith", "Locksmith", 570).await;
    let found = uem.get("/API/v1/devices/search?pagesize=200").await.json();
    let device = list(&found, "Devices").iter().find(|row| row["EnrollmentStatus"] == "Enrolled").expect("a device");
    let id = crate::caller::id(device);
    let send = async |command: &str| {
        let path = format!("/api/mdm/devices/{id}/commands?command={command}");
        smith.send(&uem, Method::POST, &path, json!({})).await
    };
    assert_eq!(send("Lock").await.status, 202);
    assert_eq!(smith.get(&uem, "/API/v1/users/search").await.error(), (403, 1011));

    uem.put(&format!("{ROLES}/{role}"), json!({"Name": "Locksmith", "Rights": ["devices:read"]})).await.nothing(204);
    assert_eq!(send("Lock").await.error(), (403, 1011), "a change holds at once");
    assert_eq!(uem.put(&format!("{ROLES}/9"), json!({"Name": "x", "Rights": []})).await.error().0, 400, "is built in");
    assert_eq!(uem.delete(&format!("{ROLES}/{role}")).await.error().0, 409, "somebody has it");

    // Whoever may make accounts makes none that may more than they do, and gets at none.
    let limited = json!({"Name": "Clerk", "Rights": ["admins:*", "roles:*", "access:*", "devices:read"],
                         "LocationGroupId": 571});
    uem.post(ROLES, limited).await.json();
    let clerk = login(&uem, "clerk", "Clerk", 571).await;
    let post = async |path: &str, body: Value| clerk.send(&uem, Method::POST, path, body).await.error();
    assert_eq!(post(ACCOUNTS, json!({"UserName": "z", "Role": "System Administrator"})).await, (403, 1011));
    assert_eq!(post(ROLES, json!({"Name": "All", "Rights": ["*"]})).await, (403, 1011));
    assert_eq!(post(CLIENTS, json!({"Name": "c", "Role": "Read Only"})).await, (403, 1011));
    assert_eq!(post(ACCOUNTS, json!({"UserName": "z", "Role": "Clerk", "LocationGroupId": 570})).await.0, 404);
    let chief = login(&uem, "chief", "System Administrator", 571).await;
    let chief_id = uem.get(ACCOUNTS).await.json();
    let chief_id =
        list(&chief_id, "Accounts").iter().find(|row| row["UserName"] == "chief").expect("is there")["Id"].clone();
    let steal = json!({"Password": "now it is mine"});
    let path = format!("{ACCOUNTS}/{chief_id}/password");
    assert_eq!(clerk.send(&uem, Method::PUT, &path, steal).await.error(), (403, 1011));
    assert_eq!(post(&format!("{ACCOUNTS}/{chief_id}/certificates"), json!({})).await, (403, 1011));
    assert_eq!(post(KEYS, json!({"Service": "s", "AccountId": chief_id})).await, (403, 1011));
    assert_eq!(chief.get(&uem, INFO).await.status, 200);

    assert_eq!(uem.delete(&format!("{ROLES}/77")).await.error().0, 404);
    uem.post(ROLES, json!({"Name": "Short-lived", "Rights": []})).await.json();
    let short = uem.get(ROLES).await.json();
    let short =
        list(&short, "Roles").iter().find(|role| role["Name"] == "Short-lived").expect("is there")["Id"].clone();
    uem.delete(&format!("{ROLES}/{short}")).await.nothing(204);
    assert_eq!(smith.get(&uem, ROLES).await.error(), (403, 1011));
    uem.covers(&["console/roles"]);
}

#[tokio::test]
async fn settings_of_a_group_hold_below_it_until_a_nearer_one_says_otherwise() {
    let uem = Caller::new().await;
    let path = |group: &str| format!("/API/v1/console/groups/{group}/apisettings");
    let set = json!({"RateLimit": 3, "Logging": false, "TimeoutSeconds": 60});
    let shown = uem.put(&path("meridian-eu"), set).await.json();
    assert_eq!((&shown["Own"]["RateLimit"], &shown["Effective"]["RateLimit"]), (&json!(3), &json!(3)));
    let below = uem.get(&path("574")).await.json();
    assert_eq!((&below["Own"].get("RateLimit"), &below["Effective"]["RateLimit"]), (&None, &json!(3)));
    assert_eq!(uem.get(&path("572")).await.json()["Effective"]["RateLimit"], 250_000);
    assert_eq!(uem.put(&path("571"), json!({"TimeoutSeconds": 0})).await.error().0, 400);
    assert_eq!(uem.get(&path("nowhere")).await.error().0, 404);

    // A limit belongs to the group of the key.
    let key = uem.post(KEYS, json!({"Service": "germany", "LocationGroupId": 574})).await.json();
    let key = key["ApiKey"].as_str().expect("a key").to_owned();
    let ready = uem.tenant.ready.clone();
    let ask = async || {
        let request = uem.bare(Method::GET, INFO).basic_auth(&ready.username, Some(&ready.password));
        read(request.header("aw-tenant-code", &key)).await
    };
    for remaining in ["2", "1", "0"] {
        let answer = ask().await;
        assert_eq!((answer.status, answer.header("x-ratelimit-remaining")), (200, remaining));
    }
    let refused = ask().await;
    assert_eq!((refused.status, refused.header("x-ratelimit-limit")), (429, "3"));
    assert!(refused.header("retry-after").parse::<u64>().is_ok_and(|seconds| (1..=60).contains(&seconds)));
    assert_eq!(uem.get(INFO).await.status, 200, "others go on");

    // A daily quota, counted from midnight to midnight of the tenant.
    uem.put(&path("571"), json!({"DailyQuota": 2})).await.json();
    assert_eq!((ask().await.status, ask().await.status), (200, 200));
    let refused = ask().await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, "57600"));
    assert_eq!(uem.get(&path("571")).await.json()["DailyUsage"], 2);
    uem.wait(std::time::Duration::from_secs(57_600)).await;
    assert_eq!(ask().await.status, 200);

    uem.put(&path("571"), json!({"Enabled": false})).await.json();
    let refused = ask().await;
    assert!(refused.error() == (403, 1013) && refused.text.contains("not enabled"), "{refused:?}");
    let blind = login(&uem, "blind", "Content Management", 570).await;
    assert_eq!(blind.send(&uem, Method::PUT, &path("571"), json!({})).await.error(), (403, 1011));
    uem.covers(&["console/settings"]);
}

#[tokio::test]
async fn the_log_tells_who_did_what_and_forgets_it_in_time() {
    let uem = Caller::new().await;
    let helper = login(&uem, "helper", "Helpdesk", 574).await;
    let answer = helper.get(&uem, "/API/v1/devices/1").await;
    let correlation = answer.header("x-correlation-id").to_owned();
    read(uem.bare(Method::GET, INFO)).await;
    let path = "/API/v1/console/apilog";
    let found = uem.get(&format!("{path}?caller=helper")).await.json();
    let entry = &list(&found, "Entries")[0];
    assert_eq!(entry["CorrelationId"], correlation);
    assert_eq!(
        (&entry["Operation"], &entry["Object"], &entry["Status"], &entry["Credential"]),
        (&json!("guide.devices.get"), &json!("1"), &json!(answer.status), &json!("basic, key first start"))
    );
    assert_eq!((&entry["Address"], &entry["Method"]), (&json!("127.0.0.1"), &json!("GET")));
    let strangers = uem.get(&format!("{path}?status=403")).await.json();
    assert_eq!(list(&strangers, "Entries")[0]["Caller"], "");
    assert_eq!(uem.get(&format!("{path}?since=whenever")).await.error().0, 400);
    let quiet = json!({"Logging": false});
    uem.put("/API/v1/console/groups/570/apisettings", quiet).await.json();
    let before = uem.get(path).await.json()["Total"].clone();
    assert_eq!(uem.get(path).await.json()["Total"], before, "what is not logged is not there");

    // After 30 days everything is forgotten, at the latest an hour later.
    uem.put("/API/v1/console/groups/570/apisettings", json!({})).await.json();
    uem.wait(std::time::Duration::from_secs(31 * 24 * 60 * 60)).await;
    uem.get(INFO).await;
    let left = uem.get(path).await.json();
    assert!(left["Total"].as_u64().is_some_and(|total| total <= 2), "{left}");
    uem.covers(&["console/log"]);
}
