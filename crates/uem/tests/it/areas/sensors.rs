//! Sensors: what they are, who has them, and what they find.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, list};

const HOUR: Duration = Duration::from_secs(3_600);
/// `Get-Date`
const SCRIPT: &str = "R2V0LURhdGU=";

async fn root(uem: &Caller) -> String {
    uem.tenant.ready.organization_group.uuid.to_string()
}

async fn smart_group(uem: &Caller, name: &str) -> String {
    let found = uem.get(&format!("/api/mdm/smartgroups/search?name={name}")).await.json();
    list(&found, "SmartGroups")[0]["SmartGroupUuid"].as_str().expect("a uuid").to_owned()
}

fn sensor(name: &str, root: &str, kind: &str) -> Value {
    json!({
        "name": name, "organization_group_uuid": root, "platform": "WIN_RT", "query_type": "POWERSHELL",
        "query_response_type": kind, "execution_context": "SYSTEM", "script_data": SCRIPT,
    })
}

/// UUIDs of enrolled devices of a platform.
async fn devices(uem: &Caller, platform: &str) -> Vec<String> {
    let page = uem.get(&format!("/api/mdm/devices/search?platform={platform}&pagesize=500")).await.json();
    let enrolled = list(&page, "Devices").iter().filter(|device| device["EnrollmentStatus"] == "Enrolled");
    enrolled.map(|device| device["Uuid"].as_str().expect("a uuid").to_owned()).collect()
}

#[tokio::test]
async fn sensors_are_kept_handed_out_and_report_what_they_find() {
    let uem = Caller::new().await;
    let (root, all, windows) =
        (root(&uem).await, smart_group(&uem, "All Devices").await, smart_group(&uem, "All Windows Devices").await);
    let v2 = |method, path: String, body: Value| {
        let uem = &uem;
        async move { uem.version(2, method, &path, body).await }
    };
    let base = "/api/mdm/devicesensors".to_owned();
    v2(Method::GET, format!("{base}/list/{root}"), json!({})).await.nothing(204);
    let mut made = Vec::new();
    for (name, kind) in
        [("battery_level", "INTEGER"), ("bitlocker_on", "BOOLEAN"), ("boot", "DATETIME"), ("vpn", "STRING")]
    {
        let answer = v2(Method::POST, base.clone(), sensor(name, &root, kind)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        made.push(answer.json()["uuid"].as_str().expect("a uuid").to_owned());
    }
    let error = v2(Method::POST, base.clone(), sensor("VPN", &root, "STRING")).await.error();
    assert_eq!(error, (422, 5180), "the name is taken");
    for (member, wrong) in [("platform", "APPLE"), ("script_data", "not base64!"), ("query_type", "PERL")] {
        let mut sensor = sensor("x", &root, "STRING");
        sensor[member] = json!(wrong);
        assert_eq!(v2(Method::POST, base.clone(), sensor).await.status, 422, "{member}");
    }
    let shown = v2(Method::GET, format!("{base}/{}", made[0]), json!({})).await.json();
    assert_eq!(
        (&shown["name"], &shown["script_data"], &shown["timeout"], &shown["organization_group_uuid"]),
        (&json!("battery_level"), &json!(SCRIPT), &json!(0), &json!(root))
    );
    v2(Method::PUT, format!("{base}/{}", made[0]), json!({"description": "percent"})).await.nothing(204);
    assert_eq!(v2(Method::GET, format!("{base}/{}", made[0]), json!({})).await.json()["description"], "percent");
    let nobody = "00000000-0000-4000-8000-000000000000";
    for (method, body) in [(Method::GET, json!({})), (Method::PUT, json!({"description": "x"}))] {
        assert_eq!(v2(method, format!("{base}/{nobody}"), body).await.error(), (404, 5141));
    }
    let listed =
        v2(Method::GET, format!("{base}/list/{root}?orderby=name&sort_order=desc&page_size=2"), json!({})).await.json();
    assert_eq!(listed["total_results"], 4);
    let names: Vec<_> = list(&listed, "result_set").iter().map(|row| row["name"].clone()).collect();
    assert_eq!(names, ["vpn", "boot"]);
    assert_eq!(v2(Method::GET, format!("{base}/list/{nobody}"), json!({})).await.status, 404);

    // Assignments.
    let hand = |name: &str, groups: &[&str]| json!({"name": name, "smart_group_uuids": groups});
    for uuid in &made {
        let answer = v2(Method::POST, format!("{base}/{uuid}/assignment"), hand("Everybody", &[&all])).await;
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    let at = format!("{base}/{}/assignment", made[0]);
    assert_eq!(v2(Method::POST, at.clone(), hand("Other", &[nobody])).await.error(), (404, 5208));
    assert_eq!(v2(Method::POST, at.clone(), hand("everybody", &[&all])).await.status, 422);
    v2(Method::POST, at, hand("Windows", &[&windows])).await.json();
    let assignments = v2(Method::GET, format!("{base}/{}/assignments", made[0]), json!({})).await.json();
    let uuids: Vec<_> = assignments.as_array().expect("a list").iter().map(|row| row["uuid"].clone()).collect();
    assert_eq!((uuids.len(), &assignments[0]["name"], &assignments[1]["ranking"]), (2, &json!("Everybody"), &json!(2)));
    let rank = json!([{"uuid": uuids[0], "ranking": 2}, {"uuid": uuids[1], "ranking": 1}]);
    let address = format!("{base}/{}/assignments?action=update-ranking", made[0]);
    v2(Method::POST, address.clone(), rank).await.nothing(204);
    assert_eq!(v2(Method::POST, address, json!([{"uuid": nobody, "ranking": 1}])).await.error(), (404, 5251));
    let assignments = v2(Method::GET, format!("{base}/{}/assignments", made[0]), json!({})).await.json();
    assert_eq!(assignments[0]["name"], "Windows");
    assert_eq!(v2(Method::GET, format!("{base}/{nobody}/assignments"), json!({})).await.error(), (404, 5141));
    let one = format!("{base}/assignments/{}", uuids[0].as_str().expect("a uuid"));
    v2(Method::PUT, one.clone(), hand("All of Windows", &[&windows])).await.nothing(204);
    let shown = v2(Method::GET, one.clone(), json!({})).await.json();
    assert_eq!(
        (&shown["name"], &shown["assigned_smart_groups"][0]["name"]),
        (&json!("All of Windows"), &json!("All Windows Devices"))
    );
    let event = json!({"name": "x", "trigger_type": "EVENT"});
    assert_eq!(v2(Method::PUT, one.clone(), event).await.status, 422, "an event trigger needs events");
    v2(Method::DELETE, one.clone(), json!({})).await.nothing(204);
    for method in [Method::GET, Method::DELETE] {
        assert_eq!(v2(method, one.clone(), json!({})).await.error(), (404, 5251));
    }

    // Values.
    let (mine, phone) = (devices(&uem, "WinRT").await, devices(&uem, "Apple").await);
    for device in &mine {
        uem.get(&format!("/api/mdm/devices/{device}/sensors")).await.nothing(204);
    }
    for _ in 0..48 {
        uem.wait(HOUR).await;
    }
    let mut reporting = 0;
    for device in &mine {
        let answer = uem.get(&format!("/api/mdm/devices/{device}/sensors")).await;
        if answer.status == 204 {
            // Some devices are never heard from.
            continue;
        }
        let values = answer.json();
        reporting += 1;
        assert_eq!(values["total_results"], 4, "{values}");
        let rows = list(&values, "results");
        let value = |name: &str| {
            let row = rows.iter().find(|row| row["name"] == name).expect("a value");
            assert!(row["last_executed_at"].as_str().is_some_and(|at| at.starts_with("2026-01-0")), "{row}");
            row["value"].as_str().expect("text").to_owned()
        };
        assert!(value("battery_level").parse::<i64>().is_ok_and(|percent| (0..=100).contains(&percent)));
        assert!(value("bitlocker_on").parse::<bool>().is_ok());
        assert!(value("boot").parse::<jiff::Timestamp>().is_ok_and(|boot| boot < uem.tenant.now()));
        assert!(!value("vpn").is_empty());
    }
    assert!(reporting * 10 > mine.len() * 8, "{reporting} of {}", mine.len());
    uem.get(&format!("/api/mdm/devices/{}/sensors", phone[0])).await.nothing(204);
    let some = uem.get(&format!("/api/mdm/devices/{}/sensors?search_text=batt&limit=1", mine[0])).await.json();
    assert_eq!(some["total_results"], 1);
    assert_eq!(uem.get(&format!("/api/mdm/devices/{nobody}/sensors")).await.status, 404);

    // What is removed is gone, also from devices.
    let gone = json!({"organization_group_uuid": root, "sensor_uuids": [made[0], nobody]});
    uem.post("/api/mdm/devicesensors/bulkdelete", gone.clone()).await.nothing(204);
    assert_eq!(uem.post("/api/mdm/devicesensors/bulkdelete", gone).await.error(), (422, 5141));
    let left = uem.get(&format!("/api/mdm/devices/{}/sensors", mine[0])).await.json();
    assert_eq!(left["total_results"], 3);
    assert!(uem.get("/api/mdm/devices/x/sensors").await.status >= 400);
    uem.covers(&["mdmv2/DeviceSensorsV2", "mdmv1/DeviceSensors"]);
}

#[tokio::test]
async fn version_one_keeps_triggers_with_the_sensor() {
    let uem = Caller::new().await;
    let (root, windows) = (root(&uem).await, smart_group(&uem, "All Windows Devices").await);
    let mut body = sensor("os_version", &root, "STRING");
    body["trigger_type"] = json!("SCHEDULE");
    body["schedule_trigger"] = json!("SIX_HOURS");
    let made = uem.post("/api/mdm/devicesensors", body.clone()).await;
    made.nothing(201);
    let location = made.header("location").to_owned();
    let at = location.strip_prefix(uem.tenant.ready.url.as_str()).expect("an address of the tenant").to_owned();
    let uuid = at.rsplit('/').next().expect("a uuid").to_owned();
    assert_eq!(uem.post("/api/mdm/devicesensors", body).await.error(), (422, 5180));
    let shown = uem.get(&at).await.json();
    assert_eq!((&shown["trigger_type"], &shown["schedule_trigger"]), (&json!("SCHEDULE"), &json!("SIX_HOURS")));
    uem.put(&at, json!({"schedule_trigger": "TWELVE_HOURS"})).await.nothing(204);
    assert_eq!(uem.get(&at).await.json()["schedule_trigger"], "TWELVE_HOURS");
    let nobody = "00000000-0000-4000-8000-000000000000";
    assert_eq!(uem.get(&format!("/api/mdm/devicesensors/{nobody}")).await.error(), (404, 5141));
    assert_eq!(uem.put(&format!("/api/mdm/devicesensors/{nobody}"), json!({})).await.error(), (404, 5141));

    let give = json!({"organization_group_uuid": root, "device_sensors": [uuid, nobody], "smart_groups": [windows]});
    let given = uem.post("/api/mdm/devicesensors/assign", give.clone()).await.json();
    assert_eq!(
        (&given["total_items"], &given["accepted_items"], &given["failed_items"]),
        (&json!(3), &json!(2), &json!(1))
    );
    assert_eq!(given["failed_sensors"][0]["uuid"], nobody);
    let none = json!({"organization_group_uuid": root, "device_sensors": [nobody], "smart_groups": [windows]});
    assert_eq!(uem.post("/api/mdm/devicesensors/assign", none).await.status, 404);
    let groups = uem.get(&at).await.json()["assigned_smart_groups"].clone();
    assert_eq!(groups, json!([{"name": "All Windows Devices", "smart_group_uuid": windows}]));
    for _ in 0..12 {
        uem.wait(HOUR).await;
    }
    let devices = uem.get("/api/mdm/devices/search?platform=WinRT&pagesize=500").await.json();
    let mut same = 0;
    for device in list(&devices, "Devices") {
        let answer = uem.get(&format!("/api/mdm/devices/{}/sensors", device["Uuid"].as_str().expect("a uuid"))).await;
        if answer.status == 200 {
            // What the sensor says is what the device is.
            assert_eq!(answer.json()["results"][0]["value"], device["OperatingSystem"]);
            same += 1;
        }
    }
    assert!(same > 10, "{same}");
    let listed = uem.get(&format!("/api/mdm/devicesensors/list/{root}?pageSize=5")).await.json();
    assert_eq!((&listed["total_results"], &listed["result_set"][0]["name"]), (&json!(1), &json!("os_version")));
    assert_eq!(uem.get(&format!("/api/mdm/devicesensors/list/{nobody}")).await.status, 404);
    let gone = json!({"organization_group_uuid": root, "sensor_uuids": [uuid]});
    uem.post("/api/mdm/devicesensors/bulkdelete", gone.clone()).await.nothing(204);
    assert_eq!(uem.post("/api/mdm/devicesensors/bulkdelete", gone).await.status, 422);
    uem.get(&format!("/api/mdm/devicesensors/list/{root}")).await.nothing(204);
    uem.covers(&["mdmv1/DeviceSensorsV1"]);
}
