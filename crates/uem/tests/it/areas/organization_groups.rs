//! The organization-group tree.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::{Caller, id, list, version};

#[tokio::test]
async fn a_group_is_made_changed_used_and_removed() {
    let uem = Caller::new().await;
    let v1 = |path: &'static str| version(&uem, 1, Method::GET, path, &Value::Null);
    let found = v1("/api/system/groups/search?name=germany").await.json();
    let germany = &list(&found, "LocationGroups")[0];
    assert_eq!((id(germany), &germany["GroupId"], &germany["LgLevel"]), (574, &json!("meridian-de"), &json!(2)));
    assert!(germany["Devices"].is_string() && germany["Uuid"].is_null() && found["Total"] == 1, "{found}");
    v1("/api/system/groups/search?name=nonesuch").await.nothing(204);
    v1("/api/system/groups/search?page=9").await.nothing(204);
    assert_eq!(v1("/api/system/groups/search?page=x").await.status, 400);
    let sorted = v1("/api/system/groups/search?type=Container&orderby=Name&sortorder=DESC&pagesize=2").await.json();
    assert_eq!((&list(&sorted, "LocationGroups")[0]["Name"], &sorted["Total"]), (&json!("United States"), &json!(8)));

    let new = json!({"Name": "Bavaria", "GroupId": "meridian-by", "LocationGroupType": "Container",
        "Country": "Germany", "Locale": "German (Germany)"});
    let made = uem.post("/api/system/groups/574", new.clone()).await.json();
    let (key, uuid) = (made["Value"].as_i64().expect("an id"), made["uuid"].as_str().expect("a UUID").to_owned());
    let path = format!("/api/system/groups/{key}");
    let seen = uem.get(&path).await.json();
    assert_eq!(
        (&seen["Name"], &seen["Country"], &seen["Devices"]),
        (&json!("Bavaria"), &json!("Germany"), &json!("0"))
    );
    assert_eq!((&seen["Uuid"], &seen["LgLevel"]), (&json!(uuid), &json!(3)));
    assert!(seen["ParentLocationGroup"].is_null(), "only children tell their parent");
    let children = uem.get("/api/system/groups/574/children").await.json();
    let names: Vec<_> = children.as_array().expect("a bare list").iter().map(|row| &row["Name"]).collect();
    assert_eq!(names, ["Germany", "Bavaria"]);
    assert_eq!(children[1]["ParentLocationGroup"]["Id"]["Value"], 574);
    assert_eq!(v1("/api/system/groups/search?groupid=MERIDIAN-BY").await.json()["Total"], 1);

    // What is wrong is refused, and says why.
    assert_eq!(uem.post("/api/system/groups/574", new.clone()).await.error(), (400, 6));
    assert_eq!(uem.post("/api/system/groups/574", json!({"GroupId": "x"})).await.error(), (422, 1012));
    assert_eq!(uem.post("/api/system/groups/9", new.clone()).await.error(), (403, 5093));
    let customer = json!({"Name": "Other", "LocationGroupType": "Customer"});
    assert_eq!(uem.post("/api/system/groups/574", customer).await.error(), (403, 6310));
    assert_eq!(uem.post("/api/system/groups/574", json!({"Name": "a", "GroupId": "a b"})).await.error(), (400, 6));
    assert_eq!(uem.get("/api/system/groups/999999").await.error(), (404, 6008));
    assert_eq!(uem.get("/api/system/groups/999999/children").await.error(), (404, 6008));

    uem.put(&path, json!({"Name": "Free State of Bavaria"})).await.nothing(204);
    assert_eq!(uem.get(&path).await.json()["Name"], "Free State of Bavaria");
    assert_eq!(uem.put(&path, json!({"GroupId": "meridian-uk"})).await.error(), (400, 6));
    assert_eq!(uem.put("/api/system/groups/999999", json!({"Name": "x"})).await.error(), (400, 400));

    // What owns something stays.
    let user = json!({"UserName": "erika", "Password": "a", "FirstName": "E", "LastName": "M", "Email": "e@m.example",
        "LocationGroupId": key.to_string()});
    let user = uem.post("/api/system/users/adduser", user).await.json()["Value"].clone();
    assert_eq!(uem.get(&path).await.json()["Users"], "1", "a text");
    assert_eq!(uem.delete(&path).await.error(), (422, 422));
    assert_eq!(uem.delete("/api/system/groups/570").await.error(), (403, 6310));
    uem.delete(&format!("/api/system/users/{user}/delete")).await.nothing(200);
    uem.delete(&path).await.nothing(200);
    assert_eq!(uem.delete(&path).await.error(), (400, 400), "not 404");
    assert_eq!(uem.get(&path).await.error(), (404, 6008));
    devices_are_counted_and_settings_told(&uem).await;
    uem.covers(&["systemv1/OrganizationGroups"]);
}

#[tokio::test]
async fn version_2_knows_groups_by_their_uuid() {
    let uem = Caller::new().await;
    let v2 = |method: &'static str, path: String, body: Value| {
        let uem = &uem;
        async move { version(uem, 2, method.parse().expect("a method"), &path, &body).await }
    };
    let new = json!({"Name": "Osaka", "EnableRestApiAccess": true, "Timezone": 32, "timezone_code": "Asia/Tokyo"});
    let made = v2("POST", "/api/system/groups/578".into(), new.clone()).await.json();
    assert_eq!(made["RestApiAccess"]["Status"], "Enabled");
    let path = format!("/api/system/groups/{}", made["Uuid"].as_str().expect("a UUID"));
    let seen = v2("GET", path.clone(), Value::Null).await.json();
    assert_eq!((&seen["GroupId"], &seen["timezone_code"]), (&json!("osaka"), &json!("Asia/Tokyo")));
    assert_eq!(seen["id"], made["Id"]);
    v2("PUT", path.clone(), json!({"Name": "Kansai", "Country": "Japan"})).await.nothing(204);
    let seen = v2("GET", path.clone(), Value::Null).await.json();
    assert_eq!((&seen["Name"], &seen["Country"], &seen["Timezone"]), (&json!("Kansai"), &json!("Japan"), &json!(32)));
    let found = v2("GET", "/api/system/groups/search?name=kansai".into(), Value::Null).await.json();
    assert_eq!(found["TotalResults"], 1);
    assert_eq!(v2("GET", "/api/system/groups/search?page=x".into(), Value::Null).await.status, 400);

    assert_eq!(v2("PUT", path.clone(), json!({"LocationGroupType": "Moon"})).await.error(), (400, 6));
    assert_eq!(v2("POST", "/api/system/groups/9".into(), new).await.error(), (403, 5093));
    v2("DELETE", path.clone(), Value::Null).await.nothing(200);
    assert_eq!(v2("DELETE", path.clone(), Value::Null).await.error(), (400, 400));
    assert_eq!(v2("GET", path, Value::Null).await.error(), (404, 6008));
    uem.covers(&["systemv2/OrganizationGroups", "systemv2/OrganizationGroupsV2"]);
}

async fn devices_are_counted_and_settings_told(uem: &Caller) {
    let all = uem.get("/api/system/groups/devicecounts").await.json();
    let devices = uem.get("/api/mdm/devices/search?pagesize=1").await.json()["Total"].clone();
    let sum: i64 = list(&all, "LocationGroups").iter().map(|row| row["TotalDevices"].as_i64().expect("a count")).sum();
    assert_eq!((json!(sum), &all["Total"]), (devices, &json!(9)));
    let some = uem.get("/api/system/groups/devicecounts?organizationgroupid=572&page=1&pagesize=2").await.json();
    assert_eq!((list(&some, "LocationGroups").len(), &some["Total"]), (1, &json!(3)));
    let later = "/api/system/groups/devicecounts?seensince=2999-01-01&seentill=2998-01-01";
    assert_eq!(uem.get(later).await.error(), (400, 6019));
    assert_eq!(uem.get("/api/system/groups/devicecounts?organizationgroupid=9").await.error(), (400, 6));

    let rates = uem.get("/api/system/groups/571/samplerates?platform=apple").await.json();
    assert_eq!((&rates["PlatformID"], &rates["ID"]), (&json!("2"), &json!(571)));
    assert_eq!(uem.get("/api/system/groups/571/samplerates?platform=Epson").await.error(), (400, 6));
    assert_eq!(uem.get("/api/system/groups/571/samplerates").await.error(), (400, 400));

    let group = uem.get("/api/system/groups/574").await.json();
    let uuid = group["Uuid"].as_str().expect("a UUID");
    let services = format!("/api/system/groups/{uuid}/directory-services");
    assert_eq!(uem.get(&format!("{services}/testconnection")).await.json()["status"], "PASS");
    let ldap = uem.get(&format!("{services}/ldap-configurations")).await.json();
    assert_eq!((&ldap["is_inherited"], &ldap["server_config"]["port"]), (&json!(true), &json!(636)));
    for what in ["testconnection", "ldap-configurations"] {
        let nowhere = format!("/api/system/groups/{}/directory-services/{what}", Uuid::nil());
        assert_eq!(uem.get(&nowhere).await.error(), (404, 6008));
    }
    uem.covers(&["systemv1/OrganizationGroupDirectoryServicesV1", "systemv2/OrganizationGroupDirectoryServicesV2"]);
}
