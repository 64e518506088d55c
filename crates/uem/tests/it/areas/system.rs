//! What the tenant says of itself, and how its long work goes.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::access::login;
use crate::caller::Caller;

#[tokio::test]
async fn long_work_is_seen_by_those_who_see_its_group() {
    let uem = Caller::new().await;
    let (info, trigger) = ("/api/system/info", "/api/system/operations/trigger");
    let root = uem.tenant.ready.organization_group.uuid;
    let stranger = super::devices::nobody(&uem).await;
    assert_eq!(stranger.get(&uem, info).await.error(), (403, 1011));
    assert!(uem.get(info).await.json()["ProductVersion"].is_string());

    let body = |group: &str| json!({ "operation_type": "GroupSync", "organization_group_uuid": group });
    let started = uem.post(trigger, body(&root.to_string())).await;
    assert_eq!(started.status, 202);
    let path = format!("/api/system/operations/{}", started.json()["uuid"].as_str().expect("a UUID"));
    // An administrator of a part of the tree neither sees work of the whole nor starts any of another part.
    let europe = login(&uem, "europe", "Console Administrator", 571).await;
    assert_eq!(europe.get(&uem, &path).await.error(), (404, 404));
    assert_eq!(europe.send(&uem, Method::POST, trigger, body(&root.to_string())).await.error(), (404, 6008));
    let groups = uem.get("/api/system/groups/571").await.json();
    let own = europe.send(&uem, Method::POST, trigger, body(groups["Uuid"].as_str().expect("a UUID"))).await;
    assert_eq!(own.status, 202, "{own:?}");
    let own = format!("/api/system/operations/{}", own.json()["uuid"].as_str().expect("a UUID"));
    uem.wait(Duration::from_secs(3_600)).await;
    for asked in [europe.get(&uem, &own).await, uem.get(&own).await, uem.get(&path).await] {
        assert_eq!(asked.json()["status"], "RanToCompletion");
    }
    uem.covers(&["systemv1/Info", "systemv1/OperationsV1"]);
}
