//! Enrollment users in both versions, one by one and many at once.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::{Caller, id, list, version};

fn person(name: &str) -> Value {
    json!({"UserName": name, "Password": "secret", "FirstName": "Ada", "LastName": "Byron",
        "Email": format!("{name}@people.example")})
}

async fn make(uem: &Caller, name: &str) -> i64 {
    uem.post("/api/system/users/adduser", person(name)).await.json()["Value"].as_i64().expect("an id")
}

#[tokio::test]
async fn users_are_kept_whole_moved_and_removed() {
    let uem = Caller::new().await;
    let mut ada = person("ada");
    ada["CustomAttribute2"] = json!("blue");
    ada["DeviceStagingType"] = json!("singleuserstagingstandard");
    ada["LocationGroupId"] = json!("574");
    let made = uem.post("/api/system/users/adduser", ada.clone()).await.json();
    let path = format!("/api/system/users/{}", made["Value"]);
    let seen = uem.get(&path).await.json();
    assert_eq!((&seen["CustomAttribute2"], &seen["Uuid"]), (&json!("blue"), &made["uuid"]));
    assert_eq!(seen["DeviceStagingType"], "SingleUserStagingStandard", "in the published spelling");
    assert!(!seen.to_string().contains("secret"), "a password is never shown");
    ada["CustomAttribute2"] = json!(true);
    assert_eq!(uem.post(&format!("{path}/update"), ada.clone()).await.error(), (422, 1012));
    ada["CustomAttribute2"] = json!("green");
    uem.post(&format!("{path}/update"), ada).await.nothing(200);
    assert_eq!(uem.get(&path).await.json()["CustomAttribute2"], "green");
    assert_eq!(uem.post("/api/system/users/999999/update", person("x")).await.error(), (404, 404));

    // A filter narrows, and none of them is ignored.
    for (query, total) in [
        ("lastname=byro", 1),
        ("firstname=ada&lastname=byron&role=Full%20Access", 1),
        ("locationgroupId=574&email=people.example", 1),
        ("locationgroupid=571&username=ada", 1),
        ("locationgroupid=572&username=ada", 0),
        ("role=Nobody", 0),
    ] {
        let found = uem.get(&format!("/api/system/users/search?{query}")).await;
        match total {
            0 => found.nothing(204),
            _ => assert_eq!(found.json()["Total"], json!(total), "{query}"),
        }
    }
    assert_eq!(uem.get("/api/system/users/search?locationgroupid=9").await.error(), (400, 6));
    let sorted = uem.get("/api/system/users/search?orderby=username&sortorder=DESC&pagesize=3").await.json();
    let names: Vec<_> = list(&sorted, "Users").iter().map(|user| user["UserName"].as_str().expect("a name")).collect();
    assert!(names.is_sorted_by(|one, other| one > other), "{names:?}");

    uem.post_nothing(&format!("{path}/changelocationgroup?targetLG=576")).await.nothing(200);
    assert_eq!(uem.get(&path).await.json()["LocationGroupId"], "576");
    assert_eq!(uem.post_nothing(&format!("{path}/changelocationgroup?targetLG=9")).await.error(), (400, 6));
    assert_eq!(uem.post_nothing(&format!("{path}/changelocationgroup")).await.error(), (400, 400));

    let certificates = json!({"Signing": {"CertificatePayload": "MIIB", "Password": "hidden"}});
    uem.post(&format!("{path}/uploadsmimecerts"), certificates.clone()).await.nothing(200);
    let bad = json!({"Signing": {"CertificatePayload": "*"}});
    assert_eq!(uem.post(&format!("{path}/uploadsmimecerts"), bad).await.error(), (422, 1012));
    assert_eq!(uem.post("/api/system/users/999999/uploadsmimecerts", certificates).await.error(), (404, 404));

    // The caller's own profile, once there is an enrollment user of the name.
    assert_eq!(uem.get("/api/system/users").await.error(), (404, 404));
    make(&uem, &uem.tenant.ready.username).await;
    let own = uem.get("/api/system/users?attributes=true").await.json();
    assert_eq!((&own["UserName"], &own["Status"]), (&json!(uem.tenant.ready.username), &json!("Active")));

    assert_eq!(uem.get("/api/system/users/999999").await.error(), (404, 404));
    for word in ["activate", "deactivate"] {
        assert_eq!(uem.post_nothing(&format!("/api/system/users/999999/{word}")).await.error(), (404, 404));
    }
    uem.post_nothing(&format!("{path}/deactivate")).await.nothing(200);
    uem.post_nothing(&format!("{path}/activate")).await.nothing(200);
    assert_eq!(uem.post("/api/system/users/adduser", person("ADA")).await.error(), (400, 6));

    many_at_once(&uem).await;

    let devices = uem.get("/api/mdm/devices/search?pagesize=1").await.json();
    let owner = list(&devices, "Devices")[0]["UserId"]["Id"]["Value"].clone();
    assert_eq!(uem.delete(&format!("/api/system/users/{owner}/delete")).await.error(), (400, 9));
    uem.delete(&format!("{path}/delete")).await.nothing(200);
    assert_eq!(uem.delete(&format!("{path}/delete")).await.error(), (400, 400));
    assert_eq!(uem.get(&path).await.error(), (404, 404));
    uem.covers(&["systemv1/User"]);
}

async fn many_at_once(uem: &Caller) {
    let (one, two) = (make(uem, "one").await, make(uem, "two").await);
    let bulk = |values: Value| json!({ "BulkValues": { "Value": values } });
    let path = |word: &str| format!("/api/system/users/{word}");
    let answer = uem.post(&path("deactivate"), bulk(json!([one, two.to_string(), 999_999, "x"]))).await.json();
    assert_eq!((&answer["TotalItems"], &answer["AcceptedItems"]), (&json!(4), &json!(2)));
    let faults = list(&answer["Faults"], "Fault");
    assert_eq!((&faults[0]["ItemValue"], &faults[0]["ErrorCode"]), (&json!("999999"), &json!(404)));
    assert_eq!(uem.get(&format!("/api/system/users/{two}")).await.json()["Status"], false);
    let answer = uem.post(&path("activate"), bulk(json!([two]))).await.json();
    assert_eq!((&answer["FailedItems"], &answer["Faults"]["Fault"]), (&json!(0), &json!([])));
    let answer = uem.post(&path("delete"), bulk(json!([one, two, two]))).await.json();
    assert_eq!((&answer["AcceptedItems"], &answer["FailedItems"]), (&json!(2), &json!(1)));
    assert_eq!(uem.get(&format!("/api/system/users/{one}")).await.error(), (404, 404));
    for word in ["activate", "deactivate", "delete"] {
        assert_eq!(uem.post(&path(word), bulk(json!([]))).await.error(), (400, 400));
    }
    let many: Vec<i64> = (0..1_001).collect();
    assert_eq!(uem.post(&path("delete"), bulk(json!(many))).await.error(), (403, 403));
}

#[tokio::test]
async fn version_2_speaks_of_users_by_uuid() {
    let uem = Caller::new().await;
    let v2 = |method: Method, path: String, body: Value| {
        let uem = &uem;
        async move { version(uem, 2, method, &path, &body).await }
    };
    let group = uem.get("/api/system/groups/575").await.json()["Uuid"].as_str().expect("a UUID").to_owned();
    let about = |what: &str| format!("/api/system/users/{what}?organization-group-uuid={group}");
    let roles = v2(Method::GET, about("roles"), Value::Null).await.json();
    let role = list(&roles, "Roles")[1].clone();
    let categories = v2(Method::GET, about("categories"), Value::Null).await.json();
    assert_eq!(list(&categories, "Categories").len(), 3);
    let types = v2(Method::GET, about("security-types"), Value::Null).await.json();
    assert_eq!(list(&types, "security_types")[0]["security_type"], "Directory");
    for what in ["roles", "categories", "security-types", "search"] {
        let nowhere = format!("/api/system/users/{what}?organization-group-uuid={}", Uuid::nil());
        assert_eq!(v2(Method::GET, nowhere, Value::Null).await.error(), (404, 6008));
    }

    let new = json!({"userName": "grace", "password": "secret", "firstName": "Grace", "lastName": "Hopper",
        "emailAddress": "g@navy.example", "securityType": "basic", "organizationGroupUuid": group,
        "enrollmentRoleUuid": role["role_uuid"], "costCenter": "C-7", "customAttribute1": "admiral",
        "enrollmentUserCategoryId": 2});
    let made = v2(Method::POST, "/api/system/users".into(), new.clone()).await;
    made.nothing(201);
    let path = made.header("location").replace(uem.tenant.ready.url.as_str(), "");
    let seen = v2(Method::GET, path.clone(), Value::Null).await.json();
    assert_eq!((&seen["userName"], &seen["costCenter"]), (&json!("grace"), &json!("C-7")));
    assert_eq!((&seen["enrollmentRoleUuid"], &seen["organizationGroupUuid"]), (&role["role_uuid"], &json!(group)));
    assert!(!seen.to_string().contains("secret"), "a password is never shown");
    // The same user in version 1.
    let found = uem.get("/api/system/users/search?username=grace").await.json();
    let old = &list(&found, "Users")[0];
    assert_eq!((&old["CustomAttribute1"], &old["Role"]), (&json!("admiral"), &role["role_name"]));
    assert_eq!(v2(Method::POST, "/api/system/users".into(), new).await.error(), (400, 6));
    let no_password = json!({"userName": "x", "securityType": "Basic"});
    assert_eq!(v2(Method::POST, "/api/system/users".into(), no_password).await.error(), (400, 400));
    let found = v2(Method::GET, format!("{}&searchtext=hopper", about("search")), Value::Null).await.json();
    assert_eq!((&found["user_name"], &found["location_group_name"]), (&json!("grace"), &json!("United Kingdom")));

    v2(Method::PUT, path.clone(), json!({"lastName": "Murray", "CustomAttribute1": "rear admiral"})).await.nothing(200);
    let seen = v2(Method::GET, path.clone(), Value::Null).await.json();
    assert_eq!((&seen["lastName"], &seen["firstName"]), (&json!("Murray"), &json!("Grace")), "only what is named");
    assert_eq!(
        (&seen["customAttribute1"], &seen["lastActionType"]),
        (&json!("rear admiral"), &json!("UPDATE_USERS_V2"))
    );
    assert_eq!(v2(Method::PUT, path.clone(), json!({"enrollmentUserCategoryId": 9})).await.error(), (400, 6));
    v2(Method::DELETE, path.clone(), Value::Null).await.nothing(200);
    for method in [Method::GET, Method::PUT, Method::DELETE] {
        assert_eq!(v2(method, path.clone(), json!({})).await.error(), (404, 12));
    }
    let devices = uem.get("/api/mdm/devices/search?pagesize=1").await.json();
    let owner = id(&uem
        .get(&format!("/api/system/users/{}", list(&devices, "Devices")[0]["UserId"]["Id"]["Value"]))
        .await
        .json());
    assert_eq!(uem.delete(&format!("/api/system/users/{owner}/delete")).await.error(), (400, 9));
    uem.covers(&["systemv2/UsersV2"]);
}
