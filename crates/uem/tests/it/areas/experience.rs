//! Settings of the measurement of experience.

use serde_json::json;

use crate::caller::{Caller, list};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

#[tokio::test]
async fn configurations_come_by_their_priority() {
    let uem = Caller::new().await;
    let root = uem.tenant.ready.organization_group.uuid.to_string();
    let base = format!("/api/system/groups/{root}/deem/configurations");
    assert_eq!(uem.get(&base).await.json()["total"], 0);
    let make = |name: &str, priority: i64| json!({"name": name, "priority": priority, "payload": "{}"});
    let body = json!({"operation_type": "CONFIGURATION_UPDATE", "configurations": [make("slow", 2), make("fast", 1)]});
    let made = uem.put(&base, body).await.json();
    let uuid =
        |place: usize| list(&made, "configurations")[place]["configuration_uuid"].as_str().expect("one").to_owned();
    let names = || async {
        let shown = uem.get(&base).await.json();
        list(&shown, "results").iter().map(|row| row["name"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(names().await, ["fast", "slow"]);
    let swap = json!({"operation_type": "PRIORITY_UPDATE_ONLY", "configurations": [
        {"configuration_uuid": uuid(1), "name": "ignored", "priority": 3}]});
    uem.put(&base, swap).await.json();
    assert_eq!(names().await, ["slow", "fast"], "the order, and nothing else");
    let renamed = json!({"operation_type": "CONFIGURATION_UPDATE", "configurations": [
        {"configuration_uuid": uuid(0), "name": "steady", "priority": 2}]});
    uem.put(&base, renamed).await.json();
    assert_eq!(names().await, ["steady", "fast"]);
    let unknown = json!({"operation_type": "CONFIGURATION_UPDATE", "configurations": [
        {"name": "x", "priority": 1, "smart_groups": [NOBODY]}]});
    assert_eq!(uem.put(&base, unknown).await.status, 400);
    let missing = json!({"operation_type": "CONFIGURATION_UPDATE", "configurations": [
        {"name": "x", "priority": 1, "configuration_uuid": NOBODY}]});
    assert_eq!(uem.put(&base, missing).await.status, 404);
    let nowhere = format!("/api/system/groups/{NOBODY}/deem/configurations");
    assert_eq!(uem.get(&nowhere).await.status, 404);
    uem.delete(&format!("{base}/{}", uuid(0))).await.nothing(200);
    assert_eq!(uem.delete(&format!("{base}/{}", uuid(0))).await.status, 404);
    assert_eq!(names().await, ["fast"]);
    uem.covers(&["systemv1/DigitalEmployeeExperienceManagementV1"]);
}
