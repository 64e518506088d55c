//! Smart groups: criteria that the database really evaluates, and what is assigned to whoever fulfils them.

use std::collections::BTreeSet;
use std::time::Duration;

use muster_store::args;
use muster_uem::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use super::commands::{devices, send};
use crate::caller::{Caller, list};

async fn tenant() -> Caller {
    Caller::of(Settings { devices: 400, ..Settings::in_memory() }).await
}

async fn make(uem: &Caller, body: Value) -> i64 {
    let said = uem.post("/api/mdm/smartgroups", body).await;
    assert_eq!(said.status, 201, "{said:?}");
    let made = said.json();
    assert!(made["uuid"].is_string());
    made["Value"].as_i64().expect("an id")
}

/// Ids of the devices of a group, as the API tells them.
async fn members(uem: &Caller, group: i64) -> BTreeSet<i64> {
    let said = uem.get(&format!("/api/mdm/smartgroups/{group}/devices")).await;
    if said.status == 204 {
        return BTreeSet::new();
    }
    let rows = said.json();
    let id = |row: &Value| row["Id"].as_str().expect("an id").parse::<i64>().expect("a number");
    list(&rows, "Devices").iter().map(id).collect()
}

/// Ids of the enrolled devices that fulfil a condition.
async fn such(uem: &Caller, condition: &str) -> BTreeSet<i64> {
    devices(uem, condition).await.into_iter().map(|device| device.id).collect()
}

#[tokio::test]
async fn every_criterion_describes_the_devices_that_it_should() {
    let uem = tenant().await;
    let below = "organization_group_id in (571, 574, 575)";
    let some = devices(&uem, "platform = 'WinRT'").await;
    let people = "select id, username from users order by id limit 3";
    let people = uem.tenant.database().fetch(people, args![]).await.expect("reads");
    let user: i64 = people[0].get("id").expect("an id");
    for (name, criteria, condition) in [
        ("platform", json!({"Platforms": ["Apple"]}), "platform = 'Apple'".to_owned()),
        ("ownership", json!({"Ownerships": ["EmployeeOwned"]}), "ownership = 'E'".to_owned()),
        ("group", json!({"OrganizationGroups": [{"Id": "571"}]}), below.to_owned()),
        ("model", json!({"Models": ["iPhone"]}), "model like 'iPhone%'".to_owned()),
        (
            "tag",
            json!({"Tags": [{"Id": "71"}]}),
            "exists (select 1 from device_tags t where t.device_id = devices.id and t.tag_id = 71)".to_owned(),
        ),
        (
            "user group",
            json!({"UserGroups": [{"Id": "902"}]}),
            "user_id in (select user_id from user_group_members where group_id = 902)".to_owned(),
        ),
        ("supervised", json!({"EnrollmentCategories": ["Supervised"]}), "platform='Apple' and supervised=1".to_owned()),
        (
            "two at once",
            json!({"Platforms": ["Apple", "Android"], "Ownerships": ["CorporateDedicated"]}),
            "platform in ('Apple', 'Android') and ownership = 'C'".to_owned(),
        ),
        (
            "with additions and exclusions",
            json!({"Platforms": ["AppleOsX"], "DeviceAdditions": [{"Id": some[0].id.to_string()}],
                "UserExclusions": [{"Id": user.to_string()}]}),
            format!("(platform = 'AppleOsX' or id = {}) and user_id <> {user}", some[0].id),
        ),
        (
            "only who is named",
            json!({"CriteriaType": "UserDevice", "UserAdditions": [{"Id": user.to_string()}],
                "DeviceAdditions": [{"Id": some[1].id.to_string()}, {"Id": some[2].id.to_string()}],
                "DeviceExclusions": [{"Id": some[2].id.to_string()}]}),
            format!("(user_id = {user} or id = {}) and id <> {}", some[1].id, some[2].id),
        ),
    ] {
        let mut body = criteria;
        body["Name"] = json!(name);
        body["ManagedByOrganizationGroupId"] = json!("570");
        let group = make(&uem, body).await;
        let expected = such(&uem, &condition).await;
        assert!(!expected.is_empty(), "nobody fulfils {name}");
        assert_eq!(members(&uem, group).await, expected, "{name}");
        let shown = uem.get(&format!("/api/mdm/smartgroups/{group}")).await.json();
        assert_eq!(shown["Devices"], expected.len(), "{name}: {shown}");
    }
}

#[tokio::test]
async fn versions_are_compared_as_numbers_and_move_with_the_device() {
    let uem = tenant().await;
    let rule = |operator: &str, value: &str| {
        json!({"Name": format!("{operator} {value}"), "ManagedByOrganizationGroupId": "570",
            "OperatingSystems": [{"DeviceType": "Android", "Operator": operator, "Value": value}]})
    };
    let newer = make(&uem, rule("GreaterThan", "Android - Android 9.3.1")).await;
    let old = make(&uem, rule("LessThanOrEqualTo", "Android - Android 13.0.0")).await;
    let android = such(&uem, "platform = 'Android'").await;
    assert_eq!(members(&uem, newer).await, android, "10 is more than 9.3.1");
    let before = members(&uem, old).await;
    assert!(!before.is_empty() && before.is_subset(&android) && before != android);
    let device = *before.iter().next().expect("a device");
    let sql = "update devices set os_version = '16', offline_until = 0 where id = $1";
    uem.tenant.database().execute(sql, args![device]).await.expect("writes");
    uem.wait(Duration::from_secs(8 * 3_600)).await;
    assert!(!members(&uem, old).await.contains(&device), "the next sample says so");
    assert_eq!(uem.post("/api/mdm/smartgroups", rule("Near", "1.0")).await.error(), (400, 6));
    assert_eq!(uem.post("/api/mdm/smartgroups", rule("LessThan", "old")).await.error(), (400, 6));
}

#[tokio::test]
async fn a_group_is_changed_as_a_whole_and_not_removed_while_it_is_assigned() {
    let uem = tenant().await;
    let body = json!({"Name": "Pilots", "ManagedByOrganizationGroupId": "571", "Platforms": ["Apple"]});
    let group = make(&uem, body.clone()).await;
    let path = format!("/api/mdm/smartgroups/{group}");
    assert_eq!(uem.post("/api/mdm/smartgroups", body).await.error(), (400, 6), "the name is taken");
    let european = "organization_group_id in (571, 574, 575)";
    assert_eq!(members(&uem, group).await, such(&uem, &format!("{european} and platform = 'Apple'")).await);
    let shown = uem.get(&path).await.json();
    assert_eq!((&shown["Name"], &shown["Ownerships"]), (&json!("Pilots"), &json!(["allownerships"])));
    assert_eq!(shown["ManagedByOrganizationGroupId"], "571");

    let mut whole = shown.clone();
    whole["Platforms"] = json!(["Android"]);
    whole["Name"] = json!("Pilots 2");
    uem.put(&path, whole).await.nothing(204);
    assert_eq!(members(&uem, group).await, such(&uem, &format!("{european} and platform = 'Android'")).await);
    for bad in [
        json!({}),
        json!({"Name": "x", "Platforms": ["Symbian"]}),
        json!({"Name": "x", "Tags": [{"Id": "999"}]}),
        json!({"Name": "x", "CPUArchitectures": ["Arm64"]}),
        json!({"Name": "x", "CriteriaType": "UserDevice", "Platforms": ["Apple"]}),
        json!({"Name": "x", "ManagedByOrganizationGroupId": "9"}),
    ] {
        assert_eq!(uem.put(&path, bad.clone()).await.error(), (400, 6), "{bad}");
    }
    let found = uem.get("/api/mdm/smartgroups/search?organizationgroupid=571&orderby=Name").await.json();
    assert_eq!((&found["Total"], &list(&found, "SmartGroups")[0]["Name"]), (&json!(1), &json!("Pilots 2")));
    uem.get("/api/mdm/smartgroups/search?managedbyorganizationgroupid=574").await.nothing(204);
    assert_eq!(uem.get("/api/mdm/smartgroups/search?orderby=colour").await.status, 400);
    uem.get("/api/mdm/smartgroups/search?modifiedfrom=2027-01-01").await.nothing(204);

    // An app that is assigned to it reaches its devices, and keeps the group from being removed.
    let apps = uem.get("/api/mam/apps/search?pagesize=500").await.json();
    let app = |kind: &str, platform: i64| {
        let fits = |row: &&Value| row["AppType"] == kind && row["Platform"] == platform;
        list(&apps, "Application").iter().find(fits).map(|row| row["Id"]["Value"].as_i64().expect("an id"))
    };
    let (kind, app) = ["internal", "public"]
        .into_iter()
        .find_map(|kind| Some((kind, app(if kind == "internal" { "Internal" } else { "Public" }, 5)?)))
        .expect("an app for Android");
    let assignment = format!("/api/mam/apps/{kind}/{app}/smartgroups/{group}");
    uem.post_nothing(&assignment).await.nothing(201);
    assert_eq!(uem.post_nothing(&assignment).await.error(), (400, 400));
    assert_eq!(uem.get(&format!("{path}/apps")).await.json()[0]["id"], app);
    assert_eq!(uem.delete(&path).await.error(), (400, 400));
    uem.wait(Duration::from_secs(600)).await;
    let reached = async || {
        let sql = "select device_id from device_apps where app_id = $1 order by device_id";
        let rows = uem.tenant.database().fetch(sql, args![app]).await.expect("reads");
        rows.iter().map(|row| row.get::<i64>("device_id").expect("an id")).collect::<BTreeSet<i64>>()
    };
    let pilots = members(&uem, group).await;
    assert!(pilots.is_subset(&reached().await), "the app reaches the group");

    // Whoever joins gets it too.
    let mut wider = uem.get(&path).await.json();
    let other = devices(&uem, "platform = 'Android' and organization_group_id = 578").await.remove(0);
    wider["DeviceAdditions"] = json!([{"Id": other.id.to_string(), "Name": "x"}]);
    uem.put(&path, wider).await.nothing(204);
    assert!(members(&uem, group).await.contains(&other.id));
    uem.wait(Duration::from_secs(3_600)).await;
    assert!(reached().await.contains(&other.id));

    uem.delete(&assignment).await.nothing(204);
    assert_eq!(uem.delete(&assignment).await.error(), (400, 400));
    uem.delete(&path).await.nothing(204);
    assert_eq!(uem.delete(&path).await.error(), (400, 400));
    assert_eq!(uem.get(&path).await.error(), (400, 6));
    assert_eq!(uem.get(&format!("{path}/devices")).await.error(), (400, 6));
    assert_eq!(uem.get(&format!("{path}/apps")).await.error(), (400, 6));
    uem.covers(&["mdmv1/SmartGroups"]);
}

#[tokio::test]
async fn single_lists_are_patched() {
    let uem = tenant().await;
    let group =
        make(&uem, json!({"Name": "Patched", "ManagedByOrganizationGroupId": "570", "Platforms": ["Apple"]})).await;
    let uuid = uem.get(&format!("/api/mdm/smartgroups/{group}")).await.json()["SmartGroupUuid"].clone();
    let path = format!("/api/mdm/smartgroups/{}", uuid.as_str().expect("a UUID"));
    let patch = async |operations: Value| send(&uem, Method::PATCH, 2, &path, operations).await;
    let operation = |op: &str, list: &str, value: &str| json!({"op": op, "path": format!("/smartGroupsOperationsV2/{list}"), "value": value});
    let said = patch(json!([
        operation("add", "platforms", "Android, AppleOsX"),
        operation("remove", "platforms", "Apple"),
        operation("add", "ownerships", "CorporateDedicated"),
    ]))
    .await
    .json();
    assert_eq!((&said["platforms"], &said["id"]), (&json!(["Android", "AppleOsX"]), &json!(group)));
    let expected = such(&uem, "platform in ('Android', 'AppleOsX') and ownership = 'C'").await;
    assert_eq!(members(&uem, group).await, expected);
    patch(json!([operation("add", "tags", "71")])).await.json();
    assert!(members(&uem, group).await.len() < expected.len());
    assert_eq!(patch(json!([operation("add", "colours", "red")])).await.error(), (422, 1012));
    assert_eq!(patch(json!([operation("add", "tags", "")])).await.error(), (422, 1012));
    assert_eq!(patch(json!([])).await.error(), (422, 1012));
    let nowhere = "/api/mdm/smartgroups/00000000-0000-0000-0000-000000000001";
    let said = send(&uem, Method::PATCH, 2, nowhere, json!([operation("add", "tags", "71")])).await;
    assert_eq!(said.error(), (404, 5032));
    uem.covers(&["mdmv2/SmartGroupsV2"]);
}

#[tokio::test]
async fn everything_assignable_is_in_one_list() {
    let uem = tenant().await;
    let path = "/api/mdm/groups/570/assignmentgroups";
    let all = uem.get(&format!("{path}?assignmentType=0")).await.json();
    let count = |kind: &str| {
        all.as_array().expect("a list").iter().filter(|group| group["assignmentGroupType"] == kind).count()
    };
    assert_eq!(count("OrganizationGroup"), 9);
    assert!(count("SmartGroup") > 9 && count("UserGroup") > 3);
    let one = uem.get(&format!("{path}?assignmentType=1&name=All%20iOS")).await.json();
    assert_eq!(one[0]["deviceCount"], such(&uem, "platform = 'Apple'").await.len());
    assert_eq!(uem.get(&format!("{path}?assignmentType=7")).await.error(), (400, 5005));
    assert_eq!(uem.get(&format!("{path}?assignmentType=1&name=nothing")).await.error(), (404, 5060));
    let root = uem.tenant.ready.organization_group.uuid;
    let path = format!("/api/mdm/groups/{root}/assignmentgroups?assignmentType=1&page_size=2");
    let page = send(&uem, Method::GET, 2, &path, Value::Null).await.json();
    assert_eq!(list(&page[0], "assignments").len(), 2);
    let path = "/api/mdm/groups/00000000-0000-0000-0000-000000000001/assignmentgroups?assignmentType=1";
    assert_eq!(send(&uem, Method::GET, 2, path, Value::Null).await.error(), (404, 6008));
    uem.covers(&["mdmv1/AssignmentGroupsV1", "mdmv2/AssignmentGroupsV2"]);
}
