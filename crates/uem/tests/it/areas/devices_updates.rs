//! Updates of operating systems: offered, ordered, deployed, and seen on the devices.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::devices::text;
use crate::caller::{self, Caller, list};

const UPDATES: &str = "/api/mdm/updates";

pub(super) async fn updates_reach_the_devices_that_lack_them(uem: &Caller) {
    let group = uem.tenant.ready.organization_group.uuid.to_string();
    let path = format!("{UPDATES}?organization_group_uuid={group}&platform=Apple");
    let all = uem.get(&path).await.json();
    // The newest release of all: some devices run it and most could.
    let newest = list(&all, "update_list").last().expect("an update").clone();
    let uuid = text(&newest, "uuid").to_owned();
    let close = uem.get(&format!("{UPDATES}/{uuid}")).await.json();
    assert_eq!(close["version"], newest["version"]);
    let found = uem.get(&format!("{path}&version={}", text(&newest, "version"))).await.json();
    assert_eq!(found["total"], 1);
    let of_group = format!("{UPDATES}/{uuid}/groups/{group}");
    let ready = uem.get(&format!("{of_group}/device-readiness")).await.json();
    let before = uem.get(&format!("{of_group}/device-status")).await.json();
    assert_eq!(ready["eligible"], before["not_started"]);
    assert!(ready["eligible"].as_i64() > Some(0) && ready["already_on_this_version"].as_i64() > Some(0), "{ready}");

    // What starts later waits, and can be stopped.
    let smart_groups = uem.get("/api/mdm/smartgroups/search").await.json();
    let smart_group = list(&smart_groups, "SmartGroups")[0]["SmartGroupUuid"].clone();
    let deployment = |name: &str, start: &str| {
        json!({"name": name, "deployment_start_time": start, "deployment_type": "INSTALL_ASAP",
            "smart_group_uuids": [smart_group]})
    };
    let later = uem.post(&format!("{of_group}/deployment"), deployment("Later", "2026-02-01T08:00:00Z")).await;
    assert_eq!(later.status, 201);
    let later = text(&later.json(), "uuid").to_owned();
    let waiting = uem.get(&format!("{of_group}/device-status")).await.json();
    assert!(waiting["installing"].as_i64() > Some(0), "{waiting}");
    uem.wait(Duration::from_secs(24 * 3_600)).await;
    let still = uem.get(&format!("{of_group}/device-status")).await.json();
    assert!(still["installing"].as_i64() > Some(0), "none is handed out before its time: {still}");
    uem.post_nothing(&format!("{of_group}?action=Stop")).await.nothing(202);
    assert_eq!(uem.get(&format!("{of_group}/device-status")).await.json()["installing"], 0);

    // What starts now reaches the devices.
    uem.post_nothing(&format!("{of_group}?action=Start")).await.nothing(202);
    let list_of = format!("{of_group}/update-status?status=Installing&page_size=3");
    let running = uem.get(&list_of).await.json();
    assert_eq!(list(&running, "device_list").len(), 3);
    uem.wait(Duration::from_secs(72 * 3_600)).await;
    let after = uem.get(&format!("{of_group}/device-status")).await.json();
    assert!(after["install_complete"].as_i64() > before["install_complete"].as_i64(), "{before} {after}");

    // Deployments are kept, ranked and removed.
    let now = caller::version(
        uem,
        2,
        Method::POST,
        &format!("{of_group}/deployment"),
        &deployment("Now", "2026-01-01T08:00:00Z"),
    )
    .await
    .json();
    let now = text(&now, "uuid").to_owned();
    let path = format!("{UPDATES}/deployments/{now}");
    assert_eq!(uem.get(&path).await.json()["device_update_uuid"], uuid);
    uem.put(&path, deployment("At once", "2026-01-01T08:00:00Z")).await.nothing(204);
    let edit = deployment("At once, version 2", "2026-01-01T08:00:00Z");
    caller::version(uem, 2, Method::PUT, &path, &edit).await.nothing(204);
    let ranks = json!([{"uuid": now, "ranking": 1}, {"uuid": later, "ranking": 2}]);
    uem.post(&format!("{of_group}/deployments?action=ranking"), ranks).await.nothing(204);
    let ordered = uem.get(&format!("{UPDATES}/{uuid}/deployments?organization_group_uuid={group}")).await.json();
    let names: Vec<&str> = ordered.as_array().expect("a list").iter().map(|row| text(row, "name")).collect();
    assert_eq!(names, ["At once, version 2", "Later"]);
    uem.delete(&path).await.nothing(204);
    let gone = json!([{"uuid": later}]);
    uem.post(&format!("{of_group}/deployments?action=delete"), gone).await.nothing(204);
    errors(uem, &uuid, &group, &of_group, &path, &deployment("x", "2026-01-01T08:00:00Z")).await;
    uem.covers(&["mdmv1/UpdatesV1", "mdmv2/OsUpdatesV2"]);
}

async fn errors(uem: &Caller, uuid: &str, group: &str, of_group: &str, gone: &str, body: &Value) {
    let none = Uuid::nil();
    assert_eq!(uem.get(&format!("{UPDATES}?organization_group_uuid={none}")).await.error(), (404, 5177));
    let dated = format!("{UPDATES}?organization_group_uuid={group}&release_date=LastThirtyDays");
    assert_eq!(uem.get(&dated).await.error().0, 422, "not ignored");
    let elsewhere = format!("{UPDATES}/{none}/groups/{group}");
    for path in [
        format!("{UPDATES}/{none}"),
        format!("{elsewhere}/device-readiness"),
        format!("{elsewhere}/device-status"),
        format!("{elsewhere}/update-status"),
        format!("{UPDATES}/{none}/deployments?organization_group_uuid={group}"),
        gone.to_owned(),
    ] {
        assert_eq!(uem.get(&path).await.error(), (404, 404), "{path}");
    }
    assert_eq!(uem.post_nothing(&format!("{elsewhere}?action=Start")).await.error(), (404, 404));
    assert_eq!(uem.post(&format!("{of_group}/deployments?action=sing"), json!([])).await.error().0, 400);
    assert_eq!(uem.put(gone, body.clone()).await.error(), (404, 404));
    assert_eq!(uem.delete(gone).await.error(), (404, 404));
    assert_eq!(caller::version(uem, 2, Method::PUT, gone, body).await.error(), (404, 404));
    let mut wrong = body.clone();
    wrong["smart_group_uuids"] = json!([none]);
    let path = format!("{UPDATES}/{uuid}/groups/{group}/deployment");
    assert_eq!(uem.post(&path, wrong.clone()).await.error(), (404, 5208));
    assert_eq!(caller::version(uem, 2, Method::POST, &path, &wrong).await.error(), (404, 5208));
}
