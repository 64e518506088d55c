//! Public apps, apps of macOS and Android, ready-made packages, blocks, and what a group has for apps.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::apps_internal::{HOUR, field_notes, smart_group, upload};
use crate::caller::{Caller, id, list, read};

#[tokio::test]
async fn public_apps_come_from_a_store() {
    let uem = Caller::new().await;
    let base = "/api/mam/apps/public";
    let new = json!({"ApplicationName": "Webex", "BundleId": "com.cisco.wx2.android", "Platform": 5,
        "LocationGroupId": 570, "Description": "Calls", "SupportedModels": {"Model": [{"ModelId": 5}]}});
    for missing in ["ApplicationName", "BundleId", "Platform"] {
        let mut less = new.clone();
        less.as_object_mut().expect("an object").remove(missing);
        assert_eq!(uem.post(base, less).await.status, 400, "{missing}");
    }
    let made = uem.post(base, new.clone()).await.json();
    assert_eq!((&made["AppType"], &made["Description"]), (&json!("Public"), &json!("Calls")));
    assert_eq!(uem.post(base, new).await.status, 400, "it is there");
    let app = id(&made);
    let path = format!("{base}/{app}");
    uem.put(&path, json!({"Comments": "For meetings"})).await.nothing(204);
    assert_eq!(uem.get(&path).await.json()["Comments"], "For meetings");
    assert_eq!(uem.put(&format!("{base}/999999"), json!({})).await.error(), (404, 7000));
    assert_eq!(uem.get(&format!("{base}/999999")).await.error(), (401, 7000));

    let (group, group_uuid) = smart_group(&uem, "All Android Devices").await;
    uem.post_nothing(&format!("{path}/smartgroups/{group}")).await.nothing(201);
    for _ in 0..8 {
        uem.wait(HOUR * 4).await;
    }
    let ids = uem.get(&format!("{path}/devices?status=installed")).await.json();
    let device = list(&ids, "DeviceId")[0].as_i64().expect("an id");
    let target = json!({"DeviceId": device});
    uem.post(&format!("{path}/uninstall"), target.clone()).await.nothing(204);
    uem.wait(HOUR * 24).await;
    uem.post(&format!("{path}/install"), target.clone()).await.nothing(202);
    assert_eq!(uem.get(&format!("{path}/devices?status=odd")).await.status, 400);
    for what in ["install", "uninstall"] {
        assert_eq!(uem.post(&format!("{base}/999999/{what}"), target.clone()).await.error(), (401, 7000));
    }

    let send = format!("{base}/SendApplicationConfiguration");
    let asked = json!({"ApplicationId": app, "IsAppLevelRequest": true});
    assert_eq!(uem.post(&send, asked.clone()).await.status, 400, "there is no configuration");
    let rules = json!({"assignments": [{"priority": 0, "distribution": {"name": "All", "smart_groups": [group_uuid]},
        "application_configuration": [{"key": "server", "value": "calls.example.com", "type": "STRING"}]}]});
    let uuid = made["Uuid"].as_str().expect("a UUID");
    uem.put(&format!("/api/mam/apps/{uuid}/assignment-rules"), rules).await.nothing(202);
    assert!(uem.post(&send, asked).await.json()["DeviceCount"].as_u64().expect("a count") > 5);
    let log = uem.get(&format!("/api/mdm/devices/{device}/eventlog?pagesize=5")).await.json();
    assert_eq!(list(&log, "DeviceEventLogEntries")[0]["Event"], "Application Configuration Sent");

    uem.post_nothing(&format!("{path}/deactivate")).await.nothing(202);
    assert_eq!(uem.post_nothing(&format!("{path}/deactivate")).await.status, 403);
    uem.wait(HOUR * 72).await;
    assert!(uem.get(&path).await.json()["InstalledDeviceCount"].as_u64().expect("a count") < 3);
    uem.post_nothing(&format!("{path}/activate")).await.nothing(202);
    assert_eq!(uem.post_nothing(&format!("{path}/activate")).await.status, 403);
    uem.delete(&path).await.nothing(204);
    assert_eq!(uem.delete(&path).await.error(), (400, 400));
    uem.covers(&["mamv1/PublicApps"]);
}

const PKGINFO: &[u8] =
    b"<?xml version=\"1.0\"?><plist version=\"1.0\"><dict><key>name</key><string>com.example.sketch</string>\
    <key>display_name</key><string>Sketchpad</string><key>version</key><string>3.1</string></dict></plist>";

#[tokio::test]
async fn a_macos_app_is_made_of_a_package_and_its_description() {
    let uem = Caller::new().await;
    let file = async |name: &str, bytes: &[u8]| {
        upload(&uem, name, "application/octet-stream", bytes).await.json()["Value"].clone()
    };
    let (package, pkginfo, icon) =
        (file("s.pkg", b"xar!").await, file("s.plist", PKGINFO).await, file("s.png", b"png").await);
    let base = "/api/mam/groups/570/macos/apps";
    let new = json!({"applicationBlobId": package, "pkgInfoBlobId": pkginfo, "applicationIconId": icon});
    let mut wrong = new.clone();
    wrong["pkgInfoBlobId"] = icon.clone();
    assert_eq!(uem.post(base, wrong).await.status, 400, "an icon describes nothing");
    let made = uem.post(base, new).await;
    made.nothing(201);
    let address = made.header("location");
    let app: i64 = address.rsplit('/').next().expect("a segment").parse().expect("an id");
    let shown = uem.get(&format!("/api/mam/apps/internal/{app}")).await.json();
    assert_eq!((&shown["ApplicationName"], &shown["AirwatchAppVersion"]), (&json!("Sketchpad"), &json!("3.1")));
    let (group, uuid) = (uem.tenant.ready.organization_group.uuid, shown["uuid"].as_str().expect("a UUID"));
    let metadata = |uuid: &str| format!("/api/mam/groups/{group}/macos/apps/{uuid}/metadata");
    assert!(uem.get(&metadata(uuid)).await.text.contains("com.example.sketch"));
    assert_eq!(uem.get(&metadata(&Uuid::nil().to_string())).await.status, 400);
    let renamed = String::from_utf8_lossy(PKGINFO).replace("Sketchpad", "Sketchpad Pro");
    let renamed = file("t.plist", renamed.as_bytes()).await;
    uem.put(&format!("{base}/{app}"), json!({"pkgInfoBlobId": renamed})).await.nothing(204);
    assert_eq!(uem.get(&format!("/api/mam/apps/internal/{app}")).await.json()["ApplicationName"], "Sketchpad Pro");
    assert_eq!(uem.put(&format!("{base}/999999"), json!({})).await.status, 400);
    uem.covers(&["mamv1/MacOsAppsV1"]);
}

#[tokio::test]
async fn an_android_app_is_approved_and_then_brought_in() {
    let uem = Caller::new().await;
    let group = uem.tenant.ready.organization_group.uuid;
    let base = format!("/api/mam/groups/{group}/androidwork/apps");
    let approve = |bundle: &str, body: Value| {
        let request = uem.request(Method::PATCH, &format!("{base}?bundleId={bundle}"));
        read(request.body(body.to_string()))
    };
    uem.post_nothing(&format!("{base}/import")).await.nothing(204);
    assert_eq!(approve("com.example.nothing", json!({"approvalStatus": true})).await.error(), (400, 7001));
    assert_eq!(approve("com.google.android.keep", json!({})).await.error(), (400, 6));
    approve("com.google.android.keep", json!({"approvalStatus": true})).await.nothing(204);
    approve("com.cisco.wx2.android", json!({"approvalStatus": true})).await.nothing(204);
    approve("com.cisco.wx2.android", json!({"approvalStatus": false})).await.nothing(204);
    let imported = uem.post_nothing(&format!("{base}/import")).await.json();
    assert_eq!(imported.as_array().expect("a list").len(), 1);
    let found = uem.get("/api/mam/apps/search?bundleid=com.google.android.keep").await.json();
    assert_eq!(id(&list(&found, "Application")[0]), imported[0]["id"].as_i64().expect("an id"));
    uem.post_nothing(&format!("{base}/import")).await.nothing(204);
    let nowhere = format!("/api/mam/groups/{}/androidwork/apps/import", Uuid::nil());
    assert_eq!(uem.post_nothing(&nowhere).await.error(), (412, 7501));

    let bound = uem.get("/api/system/groups/570/androidwork").await.json();
    assert!(bound["EnterpriseId"].as_str().expect("an id").starts_with("LC"));
    let space = uem.get("/api/system/groups/570/storage").await.json();
    assert!(space["ApplicationMaxFileSize"].is_string());
    for missing in ["groups/9/androidwork", "groups/9/storage"] {
        assert_eq!(uem.get(&format!("/api/system/{missing}")).await.error(), (404, 6008));
    }
    uem.covers(&["mamv1/AndroidWorkAppsV1", "systemv1/AndroidWork", "systemv1/AppContent"]);
}

#[tokio::test]
async fn packages_are_found_and_imported() {
    let uem = Caller::new().await;
    let base = "/api/mam/enterpriseapprepository";
    let found = uem.get(&format!("{base}/applications/search?app=firefox&platform=WIN_RT")).await.json();
    assert_eq!(found["applications"][0]["latest_version"]["version"], "144.0.2");
    let paged = uem.get(&format!("{base}/applications/search?pageSize=4")).await.json();
    assert_eq!((list(&paged, "applications").len(), &paged["has_more"]), (4, &json!(true)));
    let next = uem.get(&format!("{base}/applications/search?pageSize=4&pageKey=1")).await.json();
    assert_ne!(next["applications"], paged["applications"]);
    assert_eq!(uem.get(&format!("{base}/applications/search?platform=Toaster")).await.status, 400);
    let many = json!({"package_identifiers": ["Git.Git", "No.Such"]});
    let many = uem.post(&format!("{base}/applications/bulksearch"), many).await.json();
    assert_eq!((&many["total_apps_count"], &many["not_found"]), (&json!(1), &json!(["No.Such"])));
    assert_eq!(
        uem.post(&format!("{base}/applications/bulksearch"), json!({"package_identifiers": []})).await.status,
        400
    );
    let package = uem.get(&format!("{base}/packages?packageId=Git.Git&version=2.51.2")).await.json();
    assert_eq!(package["publisher_name"], "The Git Development Community");
    assert_eq!(uem.get(&format!("{base}/packages?packageId=Git.Git&version=9")).await.status, 404);

    let group = uem.tenant.ready.organization_group.uuid;
    let wish = |version: &str| {
        json!({"package_identifier": "Git.Git", "package_version": version,
        "organization_group_uuid": group})
    };
    let blob = uem.post(&format!("{base}/package/import"), wish("2.51.2")).await.json();
    let blob = blob["package_blob_id"]["Value"].as_i64().expect("an id");
    assert!(uem.get(&format!("/api/mam/blobs/downloadblob/{blob}")).await.text.contains("2.51.2"));
    assert_eq!(uem.post(&format!("{base}/package/import"), wish("9")).await.status, 404);
    let app = uem.post(&format!("{base}/application/import"), wish("2.50.1")).await.json();
    assert_eq!(app["application_source"], "ENTERPRISE_APP_REPOSITORY");
    assert_eq!(uem.post(&format!("{base}/application/import"), wish("2.50.1")).await.status, 400, "it is there");
    let path = "/api/mam/apps/internal/packageSource/Git.Git/deviceType/WinRT/versions";
    assert_eq!(uem.get(path).await.json()[0]["version"], "2.50.1");
    assert_eq!(uem.get(&path.replace("Git.Git", "No.Such")).await.error(), (400, 19));
    let search = json!({"organization_group_uuid": group, "search_text": "git"});
    let mending = uem.post("/api/mam/apps/remediating-apps/search", search).await.json();
    assert_eq!(mending["total_count"], 2, "the one that is managed, and the one that could be: {mending}");
    let nowhere = json!({"organization_group_uuid": Uuid::nil(), "search_text": "git"});
    assert_eq!(uem.post("/api/mam/apps/remediating-apps/search", nowhere).await.status, 404);
    uem.covers(&["mamv2/EnterpriseAppRepositoryV2", "mamv1/RemediatingAppsV1"]);
}

#[tokio::test]
async fn a_blocked_package_goes_to_nobody() {
    let uem = Caller::new().await;
    let (app, _) = field_notes(&uem).await;
    let group = uem.tenant.ready.organization_group.uuid;
    let entry = |package: &str| {
        json!({"platform_type": "Android", "application_type": "Internal", "customer_uuid": group,
        "package_identifier": package, "action_type": "INSTALL", "block_reason": "SECURITY",
        "application_organization_group_uuid": group})
    };
    let body = |entries: Value| json!({"applications": entries, "source_type": "MDM_API"});
    let base = "/api/mam/applications/actions";
    let mut lost = entry("com.example.fieldnotes");
    lost["device_uuid"] = json!(Uuid::nil());
    assert_eq!(uem.post(&format!("{base}/block"), body(json!([lost]))).await.error(), (400, 6));
    let partly = uem.post(&format!("{base}/block"), body(json!([entry("com.example.other"), lost]))).await;
    assert_eq!((partly.status, &partly.json()["failure_count"]), (207, &json!(1)));
    uem.post(&format!("{base}/block"), body(json!([entry("com.example.fieldnotes")]))).await.nothing(201);
    let wanted = json!({"filter": [{"platform_type": "Android", "application_type": "Internal", "customer_uuid": group,
        "package_identifier": "com.example.fieldnotes"}]});
    let blocked = uem.post(&format!("{base}/block/query"), wanted).await.json();
    assert_eq!(
        (&blocked["total_records"], &blocked["application_list"][0]["action_type"]),
        (&json!(1), &json!("INSTALL"))
    );
    assert_eq!(uem.post(&format!("{base}/block/query"), json!({"cursor": "x"})).await.status, 400);

    let (all, _) = smart_group(&uem, "All Android Devices").await;
    let path = format!("/api/mam/apps/internal/{app}");
    uem.post(&format!("{path}/assignments"), json!({"SmartGroupIds": [all]})).await.nothing(201);
    uem.wait(HOUR * 8).await;
    assert_eq!(uem.get(&path).await.json()["DevicesAssignedCount"], 0, "nobody gets it");
    uem.post(&format!("{base}/unblock"), body(json!([entry("com.example.fieldnotes")]))).await.nothing(204);
    assert_eq!(
        uem.post(&format!("{base}/unblock"), body(json!([entry("com.example.fieldnotes")]))).await.error(),
        (400, 6)
    );
    uem.wait(HOUR * 8).await;
    assert!(uem.get(&path).await.json()["DevicesAssignedCount"].as_u64().expect("a count") > 5);
    uem.covers(&["mamv1/ApplicationDsmV1"]);

    let caches = "/api/mam/apps/internal/peerdistribution/branchcache/com.example.fieldnotes";
    let told = uem.get(caches).await.json();
    assert_eq!(told["branchcache_statistics"]["total_cache_bytes"], 0);
    assert_eq!(uem.get(&caches.replace("fieldnotes", "nothing")).await.error(), (404, 7000));
    let profile = format!("/api/mam/apps/internal/provisionings/{}", Uuid::nil());
    assert_eq!(uem.put(&profile, json!({})).await.error(), (401, 6));

    let blob = upload(&uem, "rota.ipa", "application/json", b"ipa").await.json();
    let new = json!({"DeviceType": 2, "BundleId": "com.example.rota", "FileName": "rota.ipa", "BlobId": blob["Value"],
        "SupportedModels": {"Model": [{"ModelId": 1, "ModelName": "iPhone"}]}, "LocationGroupId": 570});
    let made = uem.post("/api/mam/apps/internal/begininstall", new).await.json();
    let uuid = made["Uuid"].as_str().expect("a UUID");
    let shown = async || uem.get(&format!("/api/mam/apps/internal/{uuid}")).await.json();
    let before = shown().await;
    let profile = before["AppProvisioningProfileUuid"].as_str().expect("a profile").to_owned();
    uem.wait(HOUR * 24 * 30).await;
    let renewed = uem.put(&format!("/api/mam/apps/internal/provisionings/{profile}"), json!({})).await.json();
    assert_eq!(renewed["AppUuids"], json!([uuid]));
    assert!(shown().await["RenewalDate"].as_str() > before["RenewalDate"].as_str());
    assert_eq!(uem.get(&format!("/api/mam/apps/internal/{}", Uuid::nil())).await.error(), (401, 7000));
    uem.covers(&["mamv2/InternalAppsV2"]);
}

#[tokio::test]
async fn app_groups_list_apps() {
    let uem = Caller::new().await;
    let base = "/api/mam/apps/appgroups";
    uem.get(&format!("{base}/search")).await.nothing(204);
    let new = json!({"Name": "Forbidden games", "AppGroupType": "Blacklist", "Platform": "Apple",
        "ManagedByOrganizationGroupID": "570", "Applications": [{"Name": "Bricks", "BundleId": "com.example.bricks"}]});
    for (member, value) in [("AppGroupType", json!("Graylist")), ("Platform", json!("Toaster")), ("Name", json!(""))] {
        let mut wrong = new.clone();
        wrong[member] = value;
        assert_eq!(uem.post(base, wrong).await.status, 400, "{member}");
    }
    let made = uem.post(base, new.clone()).await.json();
    let group: i64 = made["ApplicationGroupID"].as_str().expect("an id").parse().expect("a number");
    assert_eq!(uem.post(base, new).await.status, 400, "the name is taken");
    let path = format!("{base}/{group}");
    let more = json!({"Applications": [{"Name": "Snake", "BundleId": "com.example.snake"}]});
    uem.post(&format!("{path}/applications"), more.clone()).await.nothing(200);
    uem.post(&format!("{path}/applications"), more.clone()).await.nothing(200);
    assert_eq!(uem.get(&path).await.json()["AppCount"], "2");
    let delete = |path: String, body: Value| read(uem.request(Method::DELETE, &path).body(body.to_string()));
    delete(format!("{path}/applications"), more.clone()).await.nothing(200);
    assert_eq!(delete(format!("{path}/applications"), more).await.status, 404);
    assert_eq!(uem.post(&format!("{path}/applications"), json!({})).await.status, 400);
    uem.put(&path, json!({"Description": "At work", "AppGroupType": "whitelist"})).await.nothing(200);
    let found =
        uem.get(&format!("{base}/search?appgrouptype=Whitelist&platform=Apple&appgroupname=games")).await.json();
    assert_eq!((&found["Total"], &found["AppGroups"][0]["Description"]), (&json!(1), &json!("At work")));
    uem.get(&format!("{base}/search?appgrouptype=Required")).await.nothing(204);
    assert_eq!(uem.get(&format!("{base}/search?appgrouptype=Odd")).await.status, 400);
    for missing in [uem.get(&format!("{base}/99")).await, uem.put(&format!("{base}/99"), json!({})).await] {
        assert_eq!(missing.status, 404);
    }
    let bulk = |ids: Value| json!({"BulkValues": {"Value": ids}});
    let gone = delete(base.to_owned(), bulk(json!([group, 99]))).await.json();
    assert_eq!((&gone["AcceptedItems"], &gone["FailedItems"]), (&json!(1), &json!(1)));
    assert_eq!(delete(base.to_owned(), bulk(json!([group]))).await.status, 404);
    uem.covers(&["mamv1/AppGroups"]);
}
