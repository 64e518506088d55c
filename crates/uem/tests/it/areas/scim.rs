//! SCIM 2.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::settings::as_tagger;
use crate::caller::{Answer, Caller, list, read};

const GROUPS: &str = "/api/system/scim/v2/Groups";

async fn patch(uem: &Caller, path: &str, operations: Value) -> Answer {
    let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "operations": operations});
    read(uem.request(Method::PATCH, path).body(body.to_string())).await
}

#[tokio::test]
async fn groups_are_searched_made_and_changed_and_users_read() {
    let uem = Caller::new().await;
    let configuration = "/api/system/scim/v2/ServiceProviderConfig";
    let config = uem.get(configuration).await.json();
    assert_eq!((&config["patch"]["supported"], &config["filter"]["maxResults"]), (&json!(true), &json!(1_000)));
    assert_eq!(as_tagger(&uem, configuration).await.error(), (403, 1011));

    let all =
        uem.get(&format!("{GROUPS}?count=2&startIndex=2&sortBy=displayName&excludedAttributes=members")).await.json();
    let total = all["totalResults"].as_u64().expect("a total");
    assert!(list(&all, "Resources").len() == 2 && all["startIndex"] == 2 && total > 5, "{all}");
    assert!(list(&all, "Resources")[0].get("members").is_none());
    let found = uem.get(&format!("{GROUPS}?filter=displayName%20eq%20%22sales%20team%22")).await.json();
    assert_eq!((&found["totalResults"], &found["Resources"][0]["displayName"]), (&json!(1), &json!("Sales Team")));
    assert!(!list(&found["Resources"][0], "members").is_empty());
    for filter in ["displayName%20gt%20%22a%22", "colour%20eq%20%22a%22", "displayName"] {
        assert_eq!(uem.get(&format!("{GROUPS}?filter={filter}")).await.error(), (400, 400), "{filter}");
    }
    assert_eq!(uem.get(&format!("{GROUPS}?count=many")).await.error(), (400, 400));
    let search = json!({"filter": "displayName sw \"sales\"", "count": 0, "startIndex": 1});
    let found = uem.post(&format!("{GROUPS}/.search"), search).await.json();
    assert_eq!((&found["totalResults"], &found["Resources"]), (&json!(1), &json!([])), "only counted");
    assert_eq!(uem.post(&format!("{GROUPS}/.search"), json!({"filter": "x"})).await.error(), (400, 400));

    let made = uem.post(GROUPS, json!({"displayName": "Choir", "externalId": "c-1"})).await;
    assert_eq!(made.status, 201);
    assert!(made.header("location").contains("/scim/v2/Groups/"));
    let made = made.json();
    let path = format!("{GROUPS}/{}", made["id"].as_str().expect("a UUID"));
    assert_eq!(uem.post(GROUPS, json!({"displayName": "choir"})).await.error(), (400, 400));
    assert_eq!(uem.post(GROUPS, json!({"externalId": "x"})).await.error(), (400, 400));

    let new = json!({"UserName": "ada", "Password": "a", "FirstName": "A", "LastName": "B", "Email": "a@b.example"});
    let user = uem.post("/api/system/users/adduser", new).await.json()["uuid"].as_str().expect("a UUID").to_owned();
    let add = json!([{"op": "add", "path": "members", "value": [{"value": user}]},
        {"op": "replace", "path": "displayName", "value": "Great Choir"}]);
    patch(&uem, &path, add).await.nothing(204);
    let seen = uem.get(&path).await.json();
    assert_eq!((&seen["displayName"], &seen["members"][0]["display"]), (&json!("Great Choir"), &json!("ada")));
    assert_eq!((&seen["externalId"], &seen["meta"]["resourceType"]), (&json!("c-1"), &json!("Group")));
    let known = uem.get(&format!("/api/system/scim/v2/Users/{user}")).await.json();
    assert_eq!((&known["userName"], &known["groups"][0]["display"]), (&json!("ada"), &json!("Great Choir")));
    assert_eq!(uem.get(&format!("/api/system/scim/v2/Users/{}", Uuid::nil())).await.error(), (404, 404));

    // All of a change or nothing.
    let half = json!([{"op": "replace", "path": "displayName", "value": "Half"},
        {"op": "add", "path": "members", "value": [{"value": Uuid::nil()}]}]);
    assert_eq!(patch(&uem, &path, half).await.error(), (400, 400));
    assert_eq!(uem.get(&path).await.json()["displayName"], "Great Choir");
    assert_eq!(patch(&uem, &path, json!([])).await.error(), (400, 400));
    let out = json!([{"op": "remove", "path": format!("members[value eq \"{user}\"]")}]);
    patch(&uem, &path, out).await.nothing(204);
    assert_eq!(list(&uem.get(&path).await.json(), "members").len(), 0);
    assert_eq!(uem.get(&format!("{GROUPS}/{}", Uuid::nil())).await.error(), (404, 404));
    uem.covers(&["systemv2/ScimV2Groups", "systemv2/ScimV2Users", "systemv2/ScimV2ServiceProviderConfig"]);
}
