//! Administrators and roles, as published and in the guide's words.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::{Answer, Caller, id, list, read, version};

const PASSWORD: &str = "correct horse";

fn person(name: &str, role: &Value) -> Value {
    json!({"UserName": name, "Password": PASSWORD, "FirstName": "Mary", "LastName": "Jackson",
        "Email": format!("{name}@admins.example"), "LocationGroupId": "571", "TimeZone": "UTC",
        "Roles": [{"Id": role, "LocationGroupId": "571"}]})
}

/// A call with somebody else's name and password.
async fn as_somebody(uem: &Caller, name: &str, path: &str) -> Answer {
    let call = uem.bare(Method::GET, path).basic_auth(name, Some(PASSWORD));
    read(call.header("aw-tenant-code", &uem.tenant.ready.tenant_code).header("Accept", "application/json")).await
}

async fn role(uem: &Caller, name: &str) -> Value {
    let roles = uem.get(&format!("/API/v1/roles/search?name={name}")).await.json();
    list(&roles, "Roles")[0]["Id"]["Value"].clone()
}

#[tokio::test]
async fn administrators_may_do_what_their_roles_say_where_they_say_it() {
    let uem = Caller::new().await;
    let reader = role(&uem, "Read%20Only").await;
    let add = "/api/system/admins/addadminuser";
    let made = uem.post(add, person("mary", &reader)).await.json();
    let path = format!("/api/system/admins/{}", made["Value"]);
    let seen = uem.get(&path).await.json();
    assert_eq!((&seen["LocationGroupId"], &seen["TimeZone"]), (&json!("571"), &json!("UTC")));
    assert_eq!((&seen["Roles"][0]["Id"], &seen["Roles"][0]["LocationGroup"]), (&reader, &json!("Europe")));
    assert!(!seen.to_string().contains("horse"), "a password is never shown");

    // She is let in from now on, sees Europe, and changes nothing.
    assert!(seen["LastLoginTimeStamp"].is_null(), "{seen}");
    let groups = as_somebody(&uem, "mary", "/api/system/groups/search").await.json();
    assert_eq!(groups["Total"], 3, "Europe, Germany and the United Kingdom");
    let again = uem.get(&path).await.json();
    assert!(again["LastLoginTimeStamp"].is_number() || again["LastLoginTimeStamp"].is_string(), "{again}");
    assert_eq!(as_somebody(&uem, "mary", "/api/system/groups/572").await.error(), (404, 6008), "as if it were not");
    let child = uem.post("/api/system/groups/571", json!({"Name": "France"})).await.json()["Value"].clone();
    let groups = as_somebody(&uem, "mary", "/api/system/groups/search").await.json();
    assert_eq!(groups["Total"], 4, "a new child is seen at once");
    uem.delete(&format!("/api/system/groups/{child}")).await.nothing(200);

    for (wrong, error) in [
        (json!({"UserName": "MARY"}), (400, 400)),
        (json!({"Password": "short"}), (400, 400)),
        (json!({"Roles": []}), (400, 400)),
        (json!({"Roles": [{"Id": 9999}]}), (400, 400)),
        (json!({"LocationGroupId": "9"}), (400, 6)),
        (json!({"Email": ""}), (400, 400)),
    ] {
        let mut body = person("dorothy", &reader);
        body.as_object_mut().expect("an object").extend(wrong.as_object().cloned().expect("an object"));
        assert_eq!(uem.post(add, body).await.error(), error, "{wrong}");
    }
    let search = |query: &str| format!("/api/system/admins/search?{query}");
    let found = uem.get(&search("lastname=jack&organizationgroupid=570&role=read%20only&status=Active")).await.json();
    assert_eq!((&list(&found, "Admins")[0]["UserName"], &found["Total"]), (&json!("mary"), &json!(1)));
    uem.get(&search("organizationgroupid=572")).await.nothing(204);
    assert_eq!(uem.get(&search("status=odd")).await.error(), (400, 400));

    uem.post(&format!("{path}/update"), json!({"LastName": "Vaughan", "Locale": "en-US"})).await.nothing(200);
    let seen = uem.get(&path).await.json();
    assert_eq!(
        (&seen["LastName"], &seen["Locale"], &seen["FirstName"]),
        (&json!("Vaughan"), &json!("en-US"), &json!("Mary"))
    );
    let console = role(&uem, "Console").await;
    uem.post(&format!("{path}/addrole"), json!({"Id": console, "LocationGroupId": "574"})).await.nothing(200);
    assert_eq!(
        uem.post(&format!("{path}/addrole"), json!({"Id": console, "LocationGroupId": "574"})).await.error(),
        (400, 400)
    );
    assert_eq!(list(&uem.get(&path).await.json(), "Roles").len(), 2);
    uem.post(&format!("{path}/removerole"), json!({"Id": console, "LocationGroupId": "574"})).await.nothing(200);
    assert_eq!(
        uem.post(&format!("{path}/removerole"), json!({"Id": console, "LocationGroupId": "574"})).await.error(),
        (400, 400)
    );

    let about = format!("{path}/configurationsaboutpage");
    assert_eq!(uem.get(&about).await.json()["showAboutPage"], true);
    assert_eq!(uem.post_nothing(&format!("{about}/false")).await.status, 201);
    assert_eq!(uem.get(&about).await.json()["showAboutPage"], false);
    assert_eq!(uem.get("/api/system/admins/999999/configurationsaboutpage").await.error(), (400, 400));
    assert_eq!(uem.post_nothing("/api/system/admins/999999/configurationsaboutpage/true").await.error(), (400, 400));

    let whoami = |name: &str, password: &str| json!({"username": name, "password": password});
    let idp = "/api/system/idp/admin";
    let found = uem.post(idp, whoami("Mary", PASSWORD)).await.json();
    assert_eq!(found["administrator_uuid"], seen["Uuid"]);
    for wrong in [whoami("mary", "wrong"), whoami("nobody", PASSWORD)] {
        assert_eq!(uem.post(idp, wrong).await.error(), (401, 1005));
    }

    assert_eq!(uem.post("/api/system/admins/999999/update", json!({"LastName": "x"})).await.error(), (400, 400));
    uem.delete(&format!("{path}/delete")).await.nothing(200);
    assert_eq!(uem.delete(&format!("{path}/delete")).await.error(), (400, 400));
    assert_eq!(uem.get(&path).await.error(), (400, 400));
    assert_eq!(as_somebody(&uem, "mary", "/api/system/info").await.error(), (401, 1005));
    let own = uem.get(&search(&format!("username={}", uem.tenant.ready.username))).await.json();
    let own = id(&list(&own, "Admins")[0]);
    assert_eq!(uem.delete(&format!("/api/system/admins/{own}/delete")).await.error(), (400, 400), "not oneself");
    uem.covers(&["systemv1/AdminsV1", "systemv1/AdminIdentityV1"]);
}

#[tokio::test]
async fn version_2_speaks_of_administrators_by_uuid() {
    let uem = Caller::new().await;
    let v2 = |method: Method, path: String, body: Value| {
        let uem = &uem;
        async move { version(uem, 2, method, &path, &body).await }
    };
    let group = uem.get("/api/system/groups/575").await.json()["Uuid"].as_str().expect("a UUID").to_owned();
    let roles = uem.get("/API/v1/roles").await.json();
    let uuid = |name: &str| {
        let found = list(&roles, "Roles").iter().find(|role| role["Name"] == name).expect("a role");
        found["Uuid"].as_str().expect("a UUID").to_owned()
    };
    let new = json!({"username": "katherine", "password": PASSWORD, "firstName": "Katherine", "lastName": "Johnson",
        "email": "k@admins.example", "organizationGroupUuid": group, "roles": [{"uuid": uuid("Read Only")}]});
    let made = v2(Method::POST, "/api/system/admins".into(), new.clone()).await.json();
    assert_eq!(v2(Method::POST, "/api/system/admins".into(), new).await.error(), (400, 400));
    let old = uem.get(&format!("/api/system/admins/{}", made["Value"])).await.json();
    let path = format!("/api/system/admins/{}", old["Uuid"].as_str().expect("a UUID"));
    let seen = v2(Method::GET, path.clone(), Value::Null).await.json();
    assert_eq!((&seen["organizationGroupUuid"], &seen["roles"][0]["name"]), (&json!(group), &json!("Read Only")));
    let found = v2(Method::GET, "/api/system/admins/search?username=kath".into(), Value::Null).await.json();
    assert_eq!(list(&found, "admins")[0]["username"], "katherine");
    assert_eq!(v2(Method::GET, "/api/system/admins/search?status=odd".into(), Value::Null).await.error(), (400, 400));

    let replaced = json!({"lastName": "Goble", "roles": [{"uuid": uuid("Console Administrator")}]});
    v2(Method::PUT, path.clone(), replaced).await.nothing(200);
    let seen = v2(Method::GET, path.clone(), Value::Null).await.json();
    assert_eq!((&seen["lastName"], list(&seen, "roles").len()), (&json!("Goble"), 1));
    assert_eq!(seen["roles"][0]["name"], "Console Administrator");
    v2(Method::POST, format!("{path}/password-reset-email"), Value::Null).await.nothing(204);
    assert_eq!(v2(Method::GET, path.clone(), Value::Null).await.json()["requiresPasswordChange"], true);

    let granted = |role: &str| {
        format!("/api/system/groups/{group}/admins/{}/roles/{role}", old["Uuid"].as_str().expect("a UUID"))
    };
    v2(Method::PUT, granted(&uuid("Read Only")), Value::Null).await.nothing(200);
    assert_eq!(list(&v2(Method::GET, path.clone(), Value::Null).await.json(), "roles").len(), 2);
    v2(Method::DELETE, granted(&uuid("Read Only")), Value::Null).await.nothing(200);
    assert_eq!(v2(Method::DELETE, granted(&uuid("Read Only")), Value::Null).await.error(), (400, 400));
    assert_eq!(v2(Method::PUT, granted(&Uuid::nil().to_string()), Value::Null).await.error(), (400, 400));
    v2(Method::DELETE, path.clone(), Value::Null).await.nothing(200);
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        assert_eq!(v2(method, path.clone(), json!({})).await.error(), (400, 400));
    }
    assert_eq!(v2(Method::POST, format!("{path}/password-reset-email"), Value::Null).await.error(), (400, 400));
    uem.covers(&["systemv2/AdminsV2"]);
}

#[tokio::test]
async fn the_guide_lists_makes_changes_and_removes_roles_and_administrators() {
    let uem = Caller::new().await;
    let all = uem.get("/API/v1/roles?page=0&pagesize=1").await.json();
    assert!(list(&all, "Roles").len() == 1 && all["Total"].as_u64().expect("a total") > 3, "{all}");
    assert_eq!(uem.get("/API/v1/roles?page=x").await.error(), (400, 400));
    assert_eq!(uem.get("/API/v1/roles/search?page=x").await.error(), (400, 400));
    assert_eq!(list(&uem.get("/API/v1/roles/search?name=Nobody").await.json(), "Roles").len(), 0, "200, and empty");
    let new = json!({"Name": "Tagger", "Permissions": ["tags:*", "devices:read"]});
    let made = uem.post("/API/v1/roles", new.clone()).await.json();
    let path = format!("/API/v1/roles/{}", made["Value"]);
    let seen = uem.get(&path).await.json();
    assert_eq!((&seen["Permissions"], &seen["IsBuiltIn"]), (&json!(["tags:*", "devices:read"]), &json!(false)));
    assert_eq!(uem.post("/API/v1/roles", new).await.error(), (409, 409));
    let magic = json!({"Name": "Magician", "Permissions": ["magic:*"]});
    assert_eq!(uem.post("/API/v1/roles", magic).await.error(), (400, 6));
    uem.put(&path, json!({"Description": "Puts tags on"})).await.nothing(200);
    assert_eq!(uem.get(&path).await.json()["Description"], "Puts tags on");
    let built_in = role(&uem, "System").await;
    assert_eq!(uem.put(&format!("/API/v1/roles/{built_in}"), json!({"Name": "x"})).await.error(), (400, 6));

    let new = person("annie", &made["Value"]);
    let admin = uem.post("/API/v1/admins", new.clone()).await.json();
    assert_eq!(uem.post("/API/v1/admins", new).await.error(), (400, 400));
    assert_eq!(uem.delete(&path).await.error(), (409, 409), "somebody has it");
    let annie = format!("/API/v1/admins/{}", admin["Value"]);
    assert_eq!(uem.get(&annie).await.json()["Roles"][0]["Name"], "Tagger");
    assert_eq!(as_somebody(&uem, "annie", "/api/mdm/tags/search").await.status / 100, 2);
    assert_eq!(as_somebody(&uem, "annie", "/API/v1/users").await.error(), (403, 1011), "her role does not say so");
    uem.put(&annie, json!({"Status": "Inactive", "FirstName": "Annie"})).await.nothing(200);
    let seen = uem.get(&annie).await.json();
    assert_eq!((&seen["Status"], &seen["FirstName"]), (&json!("Inactive"), &json!("Annie")));
    assert_eq!(as_somebody(&uem, "annie", "/api/mdm/tags/search").await.status, 401);
    assert_eq!(uem.put(&annie, json!({"Status": "Odd"})).await.error(), (400, 400));
    let found = uem.get("/API/v1/admins/search?username=annie&status=inactive").await.json();
    assert_eq!(found["Total"], 1);
    assert_eq!(uem.get("/API/v1/admins").await.json()["Total"], 2);
    assert_eq!(uem.get("/API/v1/admins/search?status=odd").await.error(), (400, 400));
    assert_eq!(uem.get("/API/v1/admins?pagesize=x").await.error(), (400, 400));
    uem.delete(&annie).await.nothing(200);
    assert_eq!(uem.get(&annie).await.error(), (404, 404));
    assert_eq!(uem.delete(&annie).await.error(), (404, 404));
    uem.delete(&path).await.nothing(200);
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(read(uem.request(method, &path).body("")).await.error(), (404, 404));
    }
    uem.covers(&["guide/roles", "guide/admins"]);
}

#[tokio::test]
async fn the_guide_lists_and_removes_users_and_makes_groups() {
    let uem = Caller::new().await;
    let new = json!({"Username": "ada", "Password": "a", "FirstName": "A", "LastName": "B", "Email": "a@b.example"});
    let made = uem.post("/API/v1/users", new.clone()).await.json();
    assert_eq!(uem.post("/API/v1/users", new).await.error(), (400, 6));
    let user = format!("/API/v1/users/{}", made["Value"]);
    let page = uem.get("/API/v1/users?page=1&pagesize=2").await.json();
    assert_eq!((list(&page, "Users").len(), &page["Page"]), (2, &json!(1)));
    assert_eq!(uem.get("/API/v1/users?page=x").await.error(), (400, 400));
    uem.post_nothing(&format!("{user}/deactivate")).await.nothing(200);
    assert_eq!(uem.post_nothing(&format!("{user}/deactivate")).await.error(), (400, 6));
    assert_eq!(uem.get(&user).await.json()["Status"], false);
    uem.post_nothing(&format!("{user}/activate")).await.nothing(200);
    assert_eq!(uem.post_nothing("/API/v1/users/999999/activate").await.error(), (404, 404));

    let made_group = uem.post("/API/v1/usergroups", json!({"Name": "Choir", "Description": "They sing"})).await.json();
    assert_eq!(uem.post("/API/v1/usergroups", json!({"Name": "choir"})).await.error(), (409, 409));
    assert_eq!(uem.post("/API/v1/usergroups", json!({})).await.error(), (422, 1012));
    let group = format!("/API/v1/usergroups/{}", made_group["Value"]);
    uem.post(&format!("{group}/users"), json!({"Users": [{"Id": {"Value": made["Value"]}}]})).await.nothing(200);
    let seen = uem.get(&group).await.json();
    assert_eq!((&seen["UserCount"], &seen["UserGroupType"]), (&json!(1), &json!("Custom")));
    uem.put(&group, json!({"Name": "Great Choir"})).await.nothing(200);
    assert_eq!(uem.put(&group, json!({"Name": "Sales Team"})).await.error(), (409, 409));
    let found = uem.get("/API/v1/usergroups/search?name=Great%20Choir").await.json();
    assert_eq!(id(&list(&found, "UserGroups")[0]), made_group["Value"].as_i64().expect("an id"));
    assert!(uem.get("/API/v1/usergroups?pagesize=3").await.json()["Total"].as_u64().expect("a total") > 3);
    assert_eq!(uem.get("/API/v1/usergroups?page=x").await.error(), (400, 400));
    assert_eq!(uem.get("/API/v1/usergroups/search?page=x").await.status, 400);
    let member = format!("{group}/users/{}", made["Value"]);
    uem.delete(&member).await.nothing(200);
    assert_eq!(uem.delete(&member).await.error(), (404, 404));
    assert_eq!(list(&uem.get(&format!("{group}/users")).await.json(), "Users").len(), 0);
    uem.delete(&group).await.nothing(200);
    for path in [group.clone(), format!("{group}/users")] {
        assert_eq!(uem.get(&path).await.error(), (400, 17));
    }
    assert_eq!(uem.delete(&group).await.error(), (400, 17));
    assert_eq!(uem.post(&format!("{group}/users"), json!({"Users": []})).await.error(), (400, 400));

    uem.put(&user, json!({"Username": "ada", "LastName": "Byron"})).await.nothing(200);
    assert_eq!(list(&uem.get("/API/v1/users/search?username=ada").await.json(), "Users")[0]["LastName"], "Byron");
    assert_eq!(uem.get("/API/v1/users/search?status=odd").await.status, 400);
    uem.delete(&user).await.nothing(200);
    assert_eq!(uem.delete(&user).await.error(), (404, 404));
    assert_eq!(uem.get(&user).await.error(), (404, 404));
    assert_eq!(uem.put(&user, json!({"Username": "ada"})).await.error(), (404, 404));
    uem.covers(&["guide/users", "guide/usergroups"]);
}

#[tokio::test]
async fn certificates_are_uploaded_read_and_removed() {
    let uem = Caller::new().await;
    let pem = uem.get("/API/v1/console/certificates/authority").await;
    let pem = if pem.text.contains("BEGIN CERTIFICATE") && !pem.text.starts_with('{') {
        pem.text
    } else {
        pem.json()["Certificate"].as_str().expect("a certificate").to_owned()
    };
    let new = json!({"Name": "Tenant authority", "Certificate": pem, "LocationGroupId": "571"});
    let made = uem.post("/API/v1/certificates", new.clone()).await.json();
    assert_eq!(uem.post("/API/v1/certificates", new).await.error(), (409, 409));
    assert_eq!(uem.post("/API/v1/certificates", json!({"Name": "x", "Certificate": "MIIB"})).await.error(), (400, 6));
    let path = format!("/API/v1/certificates/{}", made["Value"]);
    let seen = uem.get(&path).await.json();
    assert_eq!((&seen["Status"], &seen["IssuedTo"]), (&json!("Active"), &seen["IssuedBy"]), "it signed itself");
    assert_eq!(seen["Thumbprint"].as_str().map(str::len), Some(40));
    uem.put(&path, json!({"Name": "Our authority"})).await.nothing(200);
    assert_eq!(uem.put(&path, json!({})).await.error(), (422, 1012));
    let found = uem.get("/API/v1/certificates/search?name=our").await.json();
    assert_eq!((&list(&found, "Certificates")[0]["Uuid"], &found["Total"]), (&made["Uuid"], &json!(1)));
    assert_eq!(uem.get("/API/v1/certificates").await.json()["Total"], 1);
    for query in ["?page=x", "/search?page=x"] {
        assert_eq!(uem.get(&format!("/API/v1/certificates{query}")).await.error(), (400, 400));
    }
    uem.delete(&path).await.nothing(200);
    assert_eq!(uem.delete(&path).await.error(), (404, 404));
    assert_eq!(uem.get(&path).await.error(), (404, 404));
    uem.covers(&["guide/certificates"]);
}
