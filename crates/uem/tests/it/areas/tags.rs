//! Tags: made, renamed, put on devices, taken off, removed, in every version.

use serde_json::{Value, json};

use super::commands::{devices, send};
use crate::caller::{Caller, list};
use reqwest::Method;

async fn third(uem: &Caller, name: &str, group: &str) -> (u16, Value) {
    let body = json!({"organization_group_uuid": group, "tag_name": name});
    let said = send(uem, Method::POST, 3, "/api/mdm/tags", body).await;
    (said.status, serde_json::from_str(&said.text).expect("JSON"))
}

#[tokio::test]
async fn tags_of_version_1_are_changed_and_removed_when_nothing_uses_them() {
    let uem = Caller::new().await;
    let phone = devices(&uem, "platform = 'Apple'").await.remove(0);
    let new = json!({"TagName": "Loan", "TagType": 1, "LocationGroupId": 571});
    let id = uem.post("/api/mdm/tags/addtag", new.clone()).await.json()["Value"].as_i64().expect("an id");
    assert_eq!(uem.post("/api/mdm/tags/addtag", new).await.status, 400, "the name is taken in its group");
    let elsewhere = json!({"TagName": "Loan", "TagType": 1, "LocationGroupId": 572});
    uem.post("/api/mdm/tags/addtag", elsewhere).await.json();
    let found = uem.get("/api/mdm/tags/search?name=loan&organizationgroupid=571").await.json();
    assert_eq!((&found["Total"], &list(&found, "Tags")[0]["Id"]["Value"]), (&json!(1), &json!(id)));

    let path = |action: &str| format!("/api/mdm/tags/{id}{action}");
    uem.post(&path("/update"), json!({"TagName": "On loan", "TagType": "Device"})).await.nothing(200);
    assert_eq!(uem.post(&path("/update"), json!({"TagName": " "})).await.status, 400);
    let values = json!({"BulkValues": {"Value": [phone.id, 999_999]}});
    let said = uem.post(&path("/adddevices"), values.clone()).await.json();
    assert_eq!((&said["AcceptedItems"], &said["Faults"]["Fault"][0]["ErrorCode"]), (&json!(1), &json!(404)));
    assert_eq!(uem.post("/api/mdm/tags/999/adddevices", values.clone()).await.error(), (400, 6));
    assert_eq!(uem.post("/api/mdm/tags/999/removedevices", values.clone()).await.error(), (400, 6));
    let tagged = uem.get(&path("/devices")).await.json();
    assert_eq!(list(&tagged, "Device")[0]["DeviceId"], phone.id);
    let shown = uem.get(&format!("/api/mdm/devices/{}/tags", phone.uuid)).await.json();
    assert!(list(&shown, "tags").iter().any(|tag| tag["name"] == "On loan"), "{shown}");
    assert_eq!(uem.delete(&path("")).await.error(), (400, 5302));
    uem.post(&path("/removedevices"), values).await.json();
    assert_eq!(list(&uem.get(&path("/devices")).await.json(), "Device").len(), 0);

    let group = json!({"Name": "Loaners", "ManagedByOrganizationGroupId": "571", "Tags": [{"Id": id.to_string()}]});
    let group = uem.post("/api/mdm/smartgroups", group).await.json()["Value"].as_i64().expect("an id");
    assert_eq!(uem.delete(&path("")).await.error(), (400, 5301));
    uem.delete(&format!("/api/mdm/smartgroups/{group}")).await.nothing(204);
    uem.delete(&path("")).await.nothing(200);
    assert_eq!(uem.delete(&path("")).await.error(), (400, 6));
    assert_eq!(uem.get(&path("/devices")).await.error(), (400, 6));
    assert_eq!(uem.get("/api/mdm/tags/search?page=x").await.status, 400);
    uem.covers(&["mdmv1/Tags"]);
}

#[tokio::test]
async fn tags_of_versions_2_and_3_are_known_by_their_uuids() {
    let uem = Caller::new().await;
    let phones = devices(&uem, "platform = 'Apple'").await;
    let root = uem.tenant.ready.organization_group.uuid.to_string();
    let nowhere = "00000000-0000-0000-0000-000000000001";
    let (status, made) = third(&uem, "Field", &root).await;
    let uuid = made["tag_uuid"].as_str().expect("a UUID").to_owned();
    assert_eq!(status, 201);
    assert_eq!(third(&uem, "field", &root).await.0, 409);
    assert_eq!(third(&uem, "x", nowhere).await.0, 404);
    assert_eq!(third(&uem, "", &root).await.0, 422);
    let (_, other) = third(&uem, "Depot", &root).await;
    let other = other["tag_uuid"].as_str().expect("a UUID").to_owned();

    let path = |tag: &str, rest: &str| format!("/api/mdm/tags/{tag}{rest}");
    let second = async |method, path: &str, body: Value| send(&uem, method, 2, path, body).await;
    second(Method::PUT, &path(&uuid, ""), json!({"tag_name": "Field work"})).await.nothing(204);
    assert_eq!(second(Method::PUT, &path(&other, ""), json!({"tag_name": "FIELD WORK"})).await.error(), (409, 5303));
    let search = format!("/api/mdm/tags/search?organization-group-uuid={root}&search_text=field");
    let found = second(Method::GET, &search, Value::Null).await.json();
    assert_eq!((&found["total"], &found["tags"][0]["name"]), (&json!(1), &json!("Field work")));
    let unknown = format!("/api/mdm/tags/search?organization-group-uuid={nowhere}");
    assert_eq!(second(Method::GET, &unknown, Value::Null).await.error(), (404, 5177));

    let both = json!({"BulkValues": {"Value": [phones[0].uuid, phones[1].uuid]}});
    let said = second(Method::POST, &path(&uuid, "/devices"), both.clone()).await.json();
    assert_eq!(said["AcceptedItems"], 2);
    let page = second(Method::GET, &path(&uuid, "/devices?page_size=1"), Value::Null).await.json();
    assert_eq!((&page["total"], list(&page, "devices").len()), (&json!(2), 1));
    assert_eq!(second(Method::DELETE, &path(&uuid, ""), Value::Null).await.error(), (400, 5302));
    second(Method::DELETE, &path(&uuid, "/devices"), both.clone()).await.json();
    for (method, rest) in [(Method::POST, "/devices"), (Method::DELETE, "/devices"), (Method::GET, "/devices")] {
        assert_eq!(second(method, &path(nowhere, rest), both.clone()).await.error(), (404, 6));
    }

    let device = |tag: &str| format!("/api/mdm/devices/{}/tags/{tag}", phones[2].uuid);
    uem.post_nothing(&device(&uuid)).await.nothing(201);
    assert_eq!(uem.post_nothing(&device(&uuid)).await.error(), (400, 5299));
    assert_eq!(uem.post_nothing(&device(nowhere)).await.error(), (404, 5298));
    uem.delete(&device(&uuid)).await.nothing(204);
    assert_eq!(uem.delete(&device(&uuid)).await.error(), (400, 5299));

    second(Method::DELETE, &path(&uuid, ""), Value::Null).await.nothing(200);
    assert_eq!(second(Method::DELETE, &path(&uuid, ""), Value::Null).await.error(), (404, 6));
    uem.covers(&["mdmv2/TagsV2", "mdmv3/TagsV3"]);
}

#[tokio::test]
async fn the_tags_of_a_group_hang_below_it() {
    let uem = Caller::new().await;
    let group = "/api/system/groups/574";
    assert_eq!(uem.get(&format!("{group}/tags")).await.error(), (404, 404));
    let made = uem.post(&format!("{group}/addTag"), json!({"TagName": "Berlin", "TagType": "Device"})).await.json();
    let id = made["Tags"][0]["Id"].as_i64().expect("an id");
    assert_eq!((&made["OGId"]["Id"]["Value"], &made["Tags"][0]["TagName"]), (&json!(574), &json!("Berlin")));
    assert_eq!(uem.post(&format!("{group}/addTag"), json!({"TagName": "berlin"})).await.status, 400);
    assert_eq!(uem.get(&format!("{group}/tags")).await.json()["Total"], 1);
    let one = format!("{group}/tags/{id}");
    assert_eq!(uem.get(&one).await.json()["Tags"][0]["TagName"], "Berlin");
    assert_eq!(uem.get(&format!("/api/system/groups/575/tags/{id}")).await.error(), (404, 404));
    let renamed = uem.post(&format!("{one}/update"), json!({"TagName": "Hamburg"})).await.json();
    assert_eq!(renamed["Tags"][0]["TagName"], "Hamburg");
    assert_eq!(uem.post(&format!("{group}/tags/999/update"), json!({"TagName": "x"})).await.error(), (400, 6));
    uem.delete(&one).await.nothing(200);
    assert_eq!(uem.delete(&one).await.error(), (404, 404));
    uem.covers(&["systemv1/Tags"]);
}
