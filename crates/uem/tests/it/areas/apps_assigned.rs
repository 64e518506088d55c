//! Who gets an app: rules with priorities, exclusions, smart groups one by one; and searching.

use serde_json::{Value, json};
use uuid::Uuid;

use super::apps_internal::{HOUR, field_notes, smart_group, with};
use crate::caller::{Caller, id, list, read};

/// The first app that a search finds: id, UUID.
pub(super) async fn app(uem: &Caller, query: &str) -> (i64, String) {
    let found = uem.get(&format!("/api/mam/apps/search?{query}")).await.json();
    let app = &list(&found, "Application")[0];
    (id(app), app["Uuid"].as_str().expect("a UUID").to_owned())
}

async fn names(uem: &Caller, query: &str) -> Vec<String> {
    let found = uem.get(&format!("/api/mam/apps/search?{query}")).await;
    if found.status == 204 {
        return Vec::new();
    }
    let found = found.json();
    let names = list(&found, "Application").iter();
    names.map(|app| app["ApplicationName"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn apps_are_searched_as_published() {
    let uem = Caller::new().await;
    field_notes(&uem).await;
    assert_eq!(names(&uem, "category=business").await, ["Field Notes"]);
    assert!(names(&uem, "category=Games").await.is_empty());
    assert_eq!(names(&uem, "applicationname=slack&platform=Apple").await, ["Slack"]);
    assert!(names(&uem, "applicationname=slack&applicationtype=Internal&platform=Apple").await.is_empty());
    assert!(names(&uem, "platform=2&applicationtype=public").await.len() > 5, "a number is a platform too");
    assert_eq!(names(&uem, "model=iPad").await, names(&uem, "platform=Apple").await);
    // What is exactly asked for comes first, whatever else contains it.
    assert_eq!(names(&uem, "applicationname=microsoft%20teams&pagesize=1").await, ["Microsoft Teams"]);
    let down = names(&uem, "orderby=ApplicationName%20desc").await;
    let up = names(&uem, "orderby=ApplicationName&sortorder=ASC").await;
    assert_eq!((down.first(), down.len()), (up.last(), up.len()));
    let page = uem.get("/api/mam/apps/search?page=1&pagesize=7").await.json();
    assert_eq!((&page["Page"], &page["PageSize"], list(&page, "Application").len()), (&json!(1), &json!(7), 7));
    assert!(names(&uem, "type=Book").await.is_empty());
    assert!(names(&uem, "locationgroupid=574").await.is_empty(), "all apps belong to the top group");
    assert_eq!(names(&uem, "locationgroupid=574&IncludeAppsFromParentOgs=true").await.len(), up.len());
    let bare =
        uem.get("/api/mam/apps/search?applicationname=Intelligent&excludeAssignedOrInstalledDeviceCount=true").await;
    assert_eq!(list(&bare.json(), "Application")[0]["AssignedDeviceCount"], 0);
    let full = uem.get("/api/mam/apps/search?applicationname=Intelligent&platform=Apple").await.json();
    let hub = &list(&full, "Application")[0];
    assert_eq!(hub["SmartGroups"][0]["Name"], "All iOS Devices");
    assert!(hub["AssignedDeviceCount"].as_u64().expect("a count") > 0);
    for wrong in
        ["applicationtype=Weekly", "type=Song", "status=Odd", "platform=Toaster", "model=Toaster", "orderby=taste"]
    {
        assert_eq!(uem.get(&format!("/api/mam/apps/search?{wrong}")).await.status, 400, "{wrong}");
    }
    assert_eq!(uem.get("/api/mam/apps/search?locationgroupid=9").await.error(), (400, 6));
}

fn rule(priority: i64, name: &str, groups: &[&str], method: &str) -> Value {
    json!({"priority": priority, "distribution": {"name": name, "smart_groups": groups, "app_delivery_method": method,
        "display_in_app_catalog": true}, "restriction": {"remove_on_unenroll": true}})
}

async fn states(uem: &Caller, app: i64) -> Vec<(i64, String)> {
    let rows = uem.get(&format!("/API/v1/apps/{app}/devices")).await.json();
    let rows = list(&rows, "DeviceApps").iter();
    rows.map(|row| (row["DeviceId"].as_i64().expect("an id"), row["Status"].as_str().expect("a word").to_owned()))
        .collect()
}

#[tokio::test]
async fn rules_replace_each_other_and_the_first_that_describes_a_device_holds() {
    let uem = Caller::new().await;
    let (app, uuid) = field_notes(&uem).await;
    let (_, all) = smart_group(&uem, "All Android Devices").await;
    let (_, byod) = smart_group(&uem, "BYOD").await;
    let (_, kiosks) = smart_group(&uem, "Kiosks").await;
    let path = format!("/api/mam/apps/{uuid}/assignment-rules");
    let nobody = format!("/api/mam/apps/{}/assignment-rules", Uuid::nil());
    let empty = uem.get(&path).await.json();
    assert_eq!((list(&empty, "assignments").len(), list(&empty, "excluded_smart_groups").len()), (0, 0));
    assert_eq!(uem.get(&nobody).await.error(), (404, 7000));

    let own = rule(0, "Own devices ask", &[&byod], "ON_DEMAND");
    let rest = rule(1, "The rest gets it", &[&all], "AUTO");
    let both = json!({"assignments": [own, rest], "excluded_smart_groups": [kiosks]});
    assert_eq!(uem.put(&nobody, both.clone()).await.error(), (404, 7000));
    for (wrong, code) in [
        (json!({"assignments": [], "excluded_smart_groups": [kiosks]}), (422, 1012)),
        (json!({"assignments": [rule(1, "x", &[&all], "AUTO")]}), (422, 1012)),
        (json!({"assignments": [rule(0, "x", &[], "AUTO")]}), (422, 1012)),
        (json!({"assignments": [rule(0, "x", &[&all], "AUTO")], "excluded_smart_groups": [all]}), (400, 6)),
        (json!({"assignments": [rule(0, "x", &[&Uuid::nil().to_string()], "AUTO")]}), (400, 6)),
        (json!({"assignments": [rule(0, "x", &[&all], "AUTO"), rule(1, "y", &[&all], "AUTO")]}), (422, 1012)),
    ] {
        assert_eq!(uem.put(&path, wrong.clone()).await.error(), code, "{wrong}");
    }
    uem.put(&path, both).await.nothing(202);
    let shown = uem.get(&path).await.json();
    let rules = list(&shown, "assignments");
    assert_eq!(rules[0]["distribution"]["app_delivery_method"], "ON_DEMAND");
    assert_eq!((&rules[1]["priority"], &rules[1]["distribution"]["smart_groups"]), (&json!(1), &json!([all])));
    assert_eq!(
        (&rules[1]["restriction"]["remove_on_unenroll"], &shown["excluded_smart_groups"]),
        (&json!(true), &json!([kiosks]))
    );
    // Version 1 reads the same rules in its own words.
    let detail = uem.get(&format!("/api/mam/apps/internal/{app}")).await.json();
    assert_eq!(detail["Assignments"][0]["PushMode"], "On-Demand");
    let again = uem.get(&format!("/api/mam/apps/{uuid}/assignment-rule")).await.json();
    assert_eq!(list(&again, "assignments").len(), 2);

    for _ in 0..8 {
        uem.wait(HOUR * 4).await;
    }
    let first = states(&uem, app).await;
    let waiting: Vec<i64> =
        first.iter().filter(|(_, status)| status == "NotInstalled").map(|(device, _)| *device).collect();
    assert!(!waiting.is_empty() && first.iter().any(|(_, status)| status == "Installed"));
    for device in waiting {
        let device = uem.get(&format!("/api/mdm/devices/{device}")).await.json();
        assert_eq!(device["Ownership"], "E", "the first rule holds for people's own devices");
    }

    // A rule that begins later brings nothing yet, and what was installed under the old ones goes.
    let mut later = rule(0, "Later", &[&byod], "AUTO");
    later["distribution"]["effective_date"] = json!("2026-03-01T00:00:00.000Z");
    let path_v1 = format!("/api/mam/apps/{uuid}/assignment-rule");
    assert_eq!(
        uem.put(&format!("/api/mam/apps/{}/assignment-rule", Uuid::nil()), json!({})).await.error(),
        (404, 7000)
    );
    uem.put(&path_v1, json!({"assignments": [later]})).await.nothing(202);
    uem.wait(HOUR * 100).await;
    let second = states(&uem, app).await;
    assert!(second.len() < first.len(), "only people's own devices are left: {} of {}", second.len(), first.len());
    assert!(second.iter().filter(|(_, status)| status == "Installed").count() < 3, "nobody was told to install it");
    uem.wait(HOUR * 24 * 60).await;
    let third = states(&uem, app).await;
    assert!(third.len() >= second.len());

    assert_eq!(uem.get(&format!("/api/mam/apps/{uuid}/app-config-template")).await.status, 204);
    let v2 =
        |path: String| read(with(uem.request(reqwest::Method::GET, &path), "accept", "application/json;version=2"));
    let (_, outlook) = self::app(&uem, "applicationname=Outlook&platform=Apple").await;
    let keys = v2(format!("/api/mam/apps/{outlook}/app-config-template")).await.json();
    assert!(keys.as_array().expect("a list").iter().any(|key| key["type"] == "STRING"));
    let missing = format!("/api/mam/apps/{}/app-config-template", Uuid::nil());
    assert_eq!(v2(missing).await.error(), (404, 7000));
    uem.covers(&["mamv2/AppsV2"]);
}

#[tokio::test]
async fn smart_groups_get_apps_one_by_one() {
    let uem = Caller::new().await;
    one_by_one(&uem).await;
    uem.covers(&["mamv2/SmartGroupV2"]);
}

pub(super) async fn one_by_one(uem: &Caller) {
    let (internal, _) = field_notes(uem).await;
    let (public, _) = app(uem, "applicationname=Salesforce&platform=Apple").await;
    let (group, uuid) = smart_group(uem, "All Devices").await;
    for (kind, app) in [("internal", internal), ("public", public)] {
        let path = format!("/api/mam/apps/{kind}/{app}/smartgroups/{group}");
        uem.post_nothing(&path).await.nothing(201);
        let assigned = uem.get(&format!("/API/v1/apps/{app}/assignments")).await.json();
        assert_eq!(list(&assigned, "Assignments")[0]["SmartGroupId"], group);
        uem.delete(&path).await.nothing(204);
        assert_eq!(uem.delete(&path).await.error(), (400, 400));
        let nowhere = format!("/api/mam/apps/{kind}/999999/smartgroups/{group}");
        assert_eq!(uem.post_nothing(&nowhere).await.error(), (401, 7000));
    }
    let terminal = json!({"ApplicationName": "Windows Terminal", "BundleId": "Microsoft.WindowsTerminal_8wekyb3d8bbwe",
        "Platform": 12, "LocationGroupId": 570});
    let terminal = id(&uem.post("/api/mam/apps/public", terminal).await.json());
    let path = format!("/api/mam/apps/public/{terminal}/bspsmartgroups");
    assert_eq!(uem.post_nothing(&format!("{path}?type=brass")).await.error(), (400, 7002));
    assert_eq!(uem.post_nothing(&path).await.status, 422);
    assert_eq!(uem.post_nothing(&format!("{path}?onlinesmartgroupid=99999")).await.error(), (403, 7401));
    uem.post_nothing(&format!("{path}?type=harmony&onlinesmartgroupid={group}")).await.nothing(201);
    let uuid_of = app(uem, "applicationname=Windows%20Terminal").await.1;
    let rules = uem.get(&format!("/api/mam/apps/{uuid_of}/assignment-rules")).await.json();
    let licences = &rules["assignments"][0]["distribution"]["bsp_assignments"];
    assert_eq!(licences["smart_groups_online_licenses"], json!([uuid]));
}

#[tokio::test]
async fn what_would_take_an_app_from_many_devices_waits_to_be_released() {
    let settings = muster_uem::Settings { devices: 900, ..muster_uem::Settings::in_memory() };
    let uem = Caller::of(settings).await;
    uem.get("/api/mam/apps/removallogs").await.nothing(204);
    let (hub, uuid) = app(&uem, "applicationname=Intelligent%20Hub&platform=Apple").await;
    let (group, _) = smart_group(&uem, "All iOS Devices").await;
    let path = format!("/api/mam/apps/public/{hub}/smartgroups/{group}");
    let counted = async || {
        let counts = uem.get(&format!("/api/mam/apps/{uuid}/deploymentcounts")).await.json();
        (counts["installed_count"].as_u64().expect("a count"), counts["sideloaded_count"].as_u64().expect("a count"))
    };
    let before = counted().await.0;
    assert!(before > 100, "{before}");
    uem.delete(&path).await.nothing(204);
    uem.wait(HOUR * 24).await;
    assert_eq!(counted().await, (before, before), "the removal is held: every device has it still");
    let logs = uem.get("/api/mam/apps/removallogs?status=1&bundleid=com.air-watch.agent").await.json();
    let held = &list(&logs, "ResultSet")[0];
    assert_eq!((&held["ThresholdStatus"], &held["Source"]), (&json!("Locked"), &json!("AppAssignmentEdit")));
    assert_eq!(uem.get("/api/mam/apps/removallogs?status=odd").await.status, 400);
    let actions = uem.get(&format!("/api/mam/apps/{uuid}/actioncounts")).await.json();
    let waiting = list(&actions, "app_action_counts").iter();
    assert!(waiting.map(|row| &row["app_action"]).any(|word| word == "RemoveAppCommandInHeldState"));

    let decide = |word: &str, id: &Value| json!({"ThresholdId": id, "NewThresholdStatus": word});
    assert_eq!(uem.put("/api/mam/apps/removallogs", decide("UnLocked", &json!(99))).await.error(), (400, 3052));
    assert_eq!(uem.put("/api/mam/apps/removallogs", json!({"NewThresholdStatus": "Cleared"})).await.status, 400);
    uem.put("/api/mam/apps/removallogs", decide("Cleared", &held["ThresholdId"])).await.nothing(200);
    uem.wait(HOUR * 24).await;
    assert_eq!(counted().await.0, before, "it was given up");
    uem.post_nothing(&path).await.nothing(201);
    uem.wait(HOUR).await;
    uem.delete(&path).await.nothing(204);
    let logs = uem.get("/api/mam/apps/removallogs?status=Locked").await.json();
    uem.put("/api/mam/apps/removallogs", decide("UnLocked", &list(&logs, "ResultSet")[0]["ThresholdId"]))
        .await
        .nothing(200);
    for _ in 0..8 {
        uem.wait(HOUR * 4).await;
    }
    assert!(counted().await.0 < before / 4, "released, the devices remove it: {} of {before}", counted().await.0);

    let nobody = Uuid::nil();
    for what in ["deploymentcounts", "actioncounts", "reasoncounts"] {
        assert_eq!(uem.get(&format!("/api/mam/apps/{nobody}/{what}")).await.error(), (404, 7000), "{what}");
    }
    uem.get(&format!("/api/mam/apps/{uuid}/reasoncounts")).await.json();
    stores_and_management(&uem).await;
    let rules = format!("/api/mam/apps/{uuid}/assignment-rule");
    let shown = uem.get(&rules).await.json();
    uem.put(&rules, json!({"assignments": shown["assignments"]})).await.nothing(202);
    let missing = format!("/api/mam/apps/{nobody}/assignment-rule");
    assert_eq!(
        (uem.get(&missing).await.error(), uem.put(&missing, json!({})).await.error()),
        ((404, 7000), (404, 7000))
    );
    uem.get(&format!("/api/mam/apps/{uuid}/app-config-template")).await.nothing(204);
    assert_eq!(uem.get(&format!("/api/mam/apps/{nobody}/app-config-template")).await.error(), (404, 7000));
    let group = uem.tenant.ready.organization_group.uuid;
    uem.get(&format!("/api/mam/apps/{uuid}/devices?organizationgroupuuid={group}")).await.json();
    assert_eq!(uem.get(&format!("/api/mam/apps/{uuid}/devices")).await.error(), (400, 6));
    assert_eq!(uem.get("/api/mam/apps/search?type=Song").await.status, 400);
    uem.covers(&["mamv1/Apps"]);
}

#[tokio::test]
async fn stores_are_searched_and_management_is_told() {
    let uem = Caller::new().await;
    stores_and_management(&uem).await;
    uem.covers(&["mamv1/ApplicationMetadataApi"]);
}

async fn stores_and_management(uem: &Caller) {
    let found = uem.get("/api/mam/apps/applestore/search?appname=boxer").await.json();
    assert_eq!(list(&found, "Applications")[0]["BundleId"], "com.air-watch.boxer");
    assert_eq!(uem.get("/api/mam/apps/applestore/search").await.status, 400);
    let found = uem.get("/api/mam/apps/windowsstore/search?appname=terminal&platform=WinRT").await.json();
    assert_eq!(list(&found, "Applications").len(), 1);
    assert_eq!(uem.get("/api/mam/apps/windowsstore/search?appname=x&platform=Apple").await.status, 400);

    let devices = uem.get("/api/mdm/devices/search?platform=Apple&pagesize=50").await.json();
    let enrolled = list(&devices, "Devices").iter().find(|device| device["EnrollmentStatus"] == "Enrolled");
    let device = enrolled.expect("an enrolled device");
    let status = async |bundle: &str| {
        let path = format!("/api/mam/apps/managementstatus?managementid={}&bundleid={bundle}", id(device));
        uem.get(&path).await.json()["Status"].clone()
    };
    assert_eq!(status("com.microsoft.Office.Outlook").await, 1);
    assert_eq!(status("com.example.nothing").await, 0);
    assert_eq!(uem.get("/api/mam/apps/managementstatus?bundleid=x").await.status, 400);

    let path = "/api/mam/applications/metadata";
    let ask = json!({"device_uuid": device["Uuid"], "application_identifiers": [
        {"type": "BUNDLE_IDENTIFIER", "value": "com.air-watch.agent"}, {"type": "BUNDLE_IDENTIFIER", "value": "none"}]});
    let told = uem.post(path, ask).await;
    assert_eq!(told.status, 207);
    let told = told.json();
    let entries = list(&told, "application_metadata");
    assert_eq!((&entries[0]["application_type"], &entries[1]["status"]), (&json!("Public"), &json!(404)));
    assert_eq!(uem.post(path, json!({"device_uuid": Uuid::nil()})).await.status, 404);
}
