//! Scripts: what they are, who has them, and how they went.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use crate::caller::{Caller, list};

const HOUR: Duration = Duration::from_secs(3_600);
const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

fn script(name: &str) -> Value {
    json!({
        "name": name, "description": "prints", "platform": "WIN_RT", "script_type": "POWERSHELL",
        "execution_context": "SYSTEM", "platform_architecture": "EITHER64OR32BIT", "timeout": 30,
        "script_data": "R2V0LURhdGU=", "allowed_in_catalog": false,
        "script_variables": [{"name": "a", "value": "b"}],
    })
}

async fn smart_group(uem: &Caller, name: &str) -> String {
    let found = uem.get(&format!("/api/mdm/smartgroups/search?name={name}")).await.json();
    list(&found, "SmartGroups")[0]["SmartGroupUuid"].as_str().expect("a uuid").to_owned()
}

/// UUIDs of enrolled Windows devices.
async fn devices(uem: &Caller) -> Vec<String> {
    let page = uem.get("/api/mdm/devices/search?platform=WinRT&pagesize=500").await.json();
    let enrolled = list(&page, "Devices").iter().filter(|device| device["EnrollmentStatus"] == "Enrolled");
    enrolled.map(|device| device["Uuid"].as_str().expect("a uuid").to_owned()).collect()
}

fn assignment(name: &str, group: &str) -> Value {
    json!({
        "name": name, "priority": 1, "deployment_mode": "AUTO", "show_in_catalog": false,
        "memberships": [{"smart_group_uuid": group, "smart_group_name": "whatever"}],
        "script_deployment": {"trigger_type": "SCHEDULE", "trigger_schedule": "FOUR_HOURS", "trigger_events": []},
    })
}

#[tokio::test]
async fn scripts_are_kept_handed_out_and_run() {
    let uem = Caller::new().await;
    let root = uem.tenant.ready.organization_group.uuid.to_string();
    let base = format!("/api/mdm/groups/{root}/scripts");
    let mut made = Vec::new();
    for name in ["Print date", "Clean up", "Third"] {
        let answer = uem.post(&base, script(name)).await;
        answer.nothing(201);
        made.push(answer.header("location").rsplit('/').next().expect("a uuid").to_owned());
    }
    assert_eq!(uem.post(&base, script("print DATE")).await.error(), (422, 5180));
    for (member, wrong) in [
        ("platform", json!("APPLE")),
        ("script_type", json!("ZSH")),
        ("script_data", json!("?")),
        ("allowed_in_catalog", Value::Null),
    ] {
        let mut script = script("x");
        script[member] = wrong;
        assert_eq!(uem.post(&base, script).await.status, 422, "{member}");
    }
    let listed = uem.get(&format!("{base}?expand=false&orderby=name&page_size=2")).await.json();
    assert_eq!((&listed["RecordCount"], &listed["SearchResults"][0]["name"]), (&json!(3), &json!("Clean up")));
    assert_eq!(list(&listed, "SearchResults").len(), 2);
    let none = uem.get(&format!("{base}?expand=false&platform=LINUX")).await.json();
    assert_eq!(none["RecordCount"], 0);
    assert_eq!(uem.get(&base).await.status, 400, "expand is required");
    assert_eq!(uem.get(&format!("/api/mdm/groups/{NOBODY}/scripts?expand=true")).await.status, 404);

    let at = format!("/api/mdm/scripts/{}", made[0]);
    let before = uem.get(&at).await.json();
    assert_eq!((&before["script_data"], &before["script_variables"][0]["name"]), (&json!("R2V0LURhdGU="), &json!("a")));
    let mut other = script("Print the date");
    other["timeout"] = json!(60);
    uem.put(&at, other.clone()).await.nothing(204);
    let after = uem.get(&at).await.json();
    assert_eq!((&after["name"], &after["timeout"]), (&json!("Print the date"), &json!(60)));
    assert_ne!(after["version"], before["version"]);
    other["name"] = json!("Third");
    assert_eq!(uem.put(&at, other).await.error(), (422, 5180));

    // Assignments.
    let (windows, all) = (smart_group(&uem, "All Windows Devices").await, smart_group(&uem, "All Devices").await);
    let answer = uem.post(&format!("{at}/assignments"), assignment("Windows", &windows)).await;
    answer.nothing(201);
    let one = answer.header("location").rsplit('/').next().expect("a uuid").to_owned();
    assert_eq!(uem.post(&format!("{at}/assignments"), assignment("windows", &windows)).await.status, 422);
    assert_eq!(uem.post(&format!("{at}/assignments"), assignment("x", NOBODY)).await.error(), (404, 5208));
    let shown = uem.get(&format!("/api/mdm/scriptassignments/{one}")).await.json();
    assert_eq!(
        (&shown["name"], &shown["schedule_trigger"], &shown["assigned_smart_groups"][0]["smart_group_name"]),
        (&json!("Windows"), &json!("FOUR_HOURS"), &json!("All Windows Devices"))
    );
    assert_eq!(uem.get(&format!("/api/mdm/scriptassignments/{NOBODY}")).await.status, 404);
    let mut kept = assignment("Everybody", &all);
    kept["assignment_uuid"] = json!(one);
    uem.post(&format!("{at}/updateassignments"), json!({"assignments": [kept, assignment("Windows", &windows)]}))
        .await
        .nothing(204);
    let listed = uem.get(&format!("{at}/assignments")).await.json();
    assert_eq!(listed["RecordCount"], 2);
    let first = list(&listed, "SearchResults").iter().find(|row| row["name"] == "Everybody").expect("is there").clone();
    assert_eq!(first["assignment_uuid"], one, "an assignment that is named keeps its UUID");
    let nameless = json!({"assignments": [{"memberships": []}]});
    assert_eq!(uem.post(&format!("{at}/updateassignments"), nameless).await.status, 400);
    assert_eq!(
        uem.post(&format!("/api/mdm/scripts/{NOBODY}/updateassignments"), json!({})).await.error(),
        (404, 150_035)
    );
    assert_eq!(uem.get(&format!("/api/mdm/scripts/{NOBODY}/assignments")).await.error(), (404, 150_035));
    assert_eq!(uem.get(&at).await.json()["assignment_count"], 2);

    // Runs.
    let mine = devices(&uem).await;
    let search = json!({"script_uuid": made[0], "limit": 500});
    let samples = format!("{base}/samples");
    let waiting = uem.post(&samples, search.clone()).await.json();
    assert_eq!(waiting["total_results"], mine.len());
    assert!(list(&waiting, "results").iter().all(|run| run["status"] == "NOT_STARTED"));
    for _ in 0..24 {
        uem.wait(HOUR).await;
    }
    let went = uem.post(&samples, search).await.json();
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for run in list(&went, "results") {
        let status = run["status"].as_str().expect("a word").to_owned();
        match status.as_str() {
            "EXECUTED" => assert_eq!(run["return_code"], 0),
            "FAILED" => assert_ne!(run["return_code"], 0),
            _ => {}
        }
        *counts.entry(status).or_default() += 1;
    }
    assert!(counts["EXECUTED"] * 10 > mine.len() * 6, "{counts:?}");
    let one_device = uem.post(&samples, json!({"device_uuid": mine[0]})).await.json();
    assert_eq!(
        (&one_device["total_results"], &one_device["results"][0]["script_name"]),
        (&json!(1), &json!("Print the date"))
    );
    uem.post(&samples, json!({"script_uuid": made[1]})).await.nothing(204);
    assert_eq!(uem.post(&format!("/api/mdm/groups/{NOBODY}/scripts/samples"), json!({})).await.status, 404);

    // What a device's agent asks for.
    let definition = uem.get(&format!("/api/mdm/{}/scripts/{}/definition", mine[0], made[0])).await.json();
    assert_eq!(definition["scripts"][0]["script_data"], "R2V0LURhdGU=");
    assert_eq!(uem.get(&format!("/api/mdm/{}/scripts/{}/definition", mine[0], made[1])).await.status, 400);
    let bundle = uem.get(&format!("/api/mdm/{}/scripts/{}/config/{one}", mine[0], made[0])).await.json();
    assert_eq!((&bundle["config_uuid"], &bundle["trigger_type"]), (&json!(one), &json!("SCHEDULE")));
    assert_eq!(uem.get(&format!("/api/mdm/{}/scripts/{}/config/{NOBODY}", mine[0], made[0])).await.status, 404);

    // Removal: what is not there makes it partial.
    let some = uem.post(&format!("{base}/bulkdelete"), json!([made[0], NOBODY])).await;
    assert_eq!((some.status, &some.json()), (206, &json!({"scripts_deleted": 1, "delete_failed": [NOBODY]})));
    assert_eq!(uem.get(&at).await.error(), (404, 5141));
    assert_eq!(uem.put(&at, script("x")).await.error(), (404, 5141));
    uem.post(&samples, json!({"device_uuid": mine[0]})).await.nothing(204);
    let whole = uem.post(&format!("{base}/bulkdelete"), json!([made[1]])).await;
    assert_eq!((whole.status, &whole.json()["scripts_deleted"]), (200, &json!(1)));
    assert_eq!(uem.post(&format!("{base}/bulkdelete"), json!([made[1]])).await.status, 404);
    uem.covers(&["mdmv1/ScriptsV1", "mdmv1/ScriptAssignmentV1"]);
}
