//! The guide's `/apps`, `/appgroups`, `/appinstalls` and `/appwrapping`; and what somebody further down the tree sees.

use reqwest::Method;
use serde_json::{Value, json};

use super::access::login;
use super::apps_internal::{HOUR, field_notes, smart_group, upload};
use crate::caller::{Caller, id, list};

#[tokio::test]
async fn apps_are_kept_in_the_guides_words() {
    let uem = Caller::new().await;
    let all = uem.get("/API/v1/apps?pagesize=5").await.json();
    assert_eq!((list(&all, "Applications").len(), &all["PageSize"]), (5, &json!(5)));
    let none = uem.get("/API/v1/apps?applicationname=Nonesuch").await.json();
    assert_eq!((list(&none, "Applications").len(), &none["Total"]), (0, &json!(0)));
    assert_eq!(uem.get("/API/v1/apps?apptype=Weekly").await.status, 400);

    let blob = upload(&uem, "rota.ipa", "application/json", b"ipa").await.json();
    let new = json!({"ApplicationName": "Rota", "BundleId": "com.example.rota", "AppVersion": "1.2", "Platform": "Apple",
        "LocationGroupId": 571, "Description": "Who works when", "BlobId": blob["Value"]});
    let mut wrong = new.clone();
    wrong["Platform"] = json!("Toaster");
    assert_eq!(uem.post("/API/v1/apps", wrong).await.status, 400);
    let made = uem.post("/API/v1/apps", new.clone()).await;
    assert_eq!(made.status, 201);
    let made = made.json();
    let app = id(&made);
    assert_eq!((&made["AppType"], &made["LocationGroupId"]), (&json!("Internal"), &json!(571)));
    assert_eq!(uem.post("/API/v1/apps", new).await.status, 400, "the version is there");
    let path = format!("/API/v1/apps/{app}");
    let changed = uem.put(&path, json!({"Description": "Shifts", "Status": "Retired"})).await.json();
    assert_eq!((&changed["Description"], &changed["Status"]), (&json!("Shifts"), &json!("Retired")));
    assert_eq!(uem.put(&path, json!({"Status": "Asleep"})).await.status, 400);
    assert_eq!(uem.get(&path).await.json()["IsWrapped"], false);
    let seen = uem.get(&format!("/api/mam/apps/internal/{app}")).await.json();
    assert_eq!(seen["Status"], "Retired", "both dialects tell of one app");
    uem.delete(&path).await.nothing(204);
    for missing in [uem.get(&path).await, uem.delete(&path).await, uem.put(&path, json!({})).await] {
        assert_eq!(missing.error(), (404, 7000));
    }
    assert_eq!(uem.get("/API/v1/apps/search?page=x").await.status, 400);
    let chrome = id(&uem.get("/API/v1/apps/search?applicationname=Google%20Chrome").await.json()["Applications"][0]);
    let (group, _) = smart_group(&uem, "All Devices").await;
    let assign = json!({"SmartGroupIds": [group], "DeploymentParameters": {"PushMode": "Auto"}});
    uem.post(&format!("/API/v1/apps/{chrome}/assignments"), assign.clone()).await.json();
    uem.get(&format!("/API/v1/apps/{chrome}/assignments")).await.json();
    uem.get(&format!("/API/v1/apps/{chrome}/devices")).await.json();
    for what in ["assignments", "devices"] {
        assert_eq!(uem.get(&format!("/API/v1/apps/999999/{what}")).await.error(), (404, 7000));
    }
    assert_eq!(uem.post("/API/v1/apps/999999/assignments", assign).await.error(), (404, 7000));
    uem.covers(&["guide/apps"]);
}

#[tokio::test]
async fn groups_and_installs_are_kept_and_followed() {
    let uem = Caller::new().await;
    let base = "/API/v1/appgroups";
    assert_eq!(uem.get(base).await.json()["Total"], 0);
    let new = json!({"Name": "Everybody's tools", "AppGroupType": "Required", "Platform": "Android",
        "Applications": [{"Name": "Slack", "BundleId": "com.Slack"}]});
    assert_eq!(uem.post(base, json!({"Name": "x"})).await.status, 400);
    let group = id(&uem.post(base, new).await.json());
    let path = format!("{base}/{group}");
    let changed = uem.put(&path, json!({"Applications": []})).await.json();
    assert_eq!((&changed["AppCount"], &changed["Name"]), (&json!(0), &json!("Everybody's tools")));
    let found = uem.get(&format!("{base}/search?name=tools&appgrouptype=Required")).await.json();
    assert_eq!(list(&found, "AppGroups")[0]["Uuid"], uem.get(&path).await.json()["Uuid"]);
    assert_eq!(uem.get(&format!("/api/mam/apps/appgroups/{group}")).await.json()["Name"], "Everybody's tools");
    for wrong in ["?appgrouptype=Odd", "/search?appgrouptype=Odd"] {
        assert_eq!(uem.get(&format!("{base}{wrong}")).await.status, 400);
    }
    uem.delete(&path).await.nothing(204);
    for missing in [uem.get(&path).await, uem.delete(&path).await, uem.put(&path, json!({})).await] {
        assert_eq!(missing.status, 404);
    }
    uem.covers(&["guide/appgroups"]);

    let (app, _) = field_notes(&uem).await;
    let (all, _) = smart_group(&uem, "All Android Devices").await;
    let body = json!({"SmartGroupIds": [all], "DeploymentParameters": {"PushMode": "On-Demand"}});
    uem.post(&format!("/API/v1/apps/{app}/assignments"), body).await.json();
    uem.wait(HOUR).await;
    let base = "/API/v1/appinstalls";
    let waiting = uem.get(&format!("{base}?applicationid={app}&status=NotInstalled")).await.json();
    let entry = &list(&waiting, "AppInstalls")[0];
    let device = entry["DeviceId"].as_i64().expect("an id");
    let ask = json!({"ApplicationId": app, "DeviceId": device});
    assert_eq!(uem.post(base, json!({"ApplicationId": app})).await.status, 400);
    assert_eq!(uem.post(base, json!({"ApplicationId": app, "DeviceId": 999_999})).await.error(), (404, 5002));
    let made = uem.post(base, ask).await;
    assert_eq!((made.status, made.json()["CommandUuid"].is_string()), (201, true));
    let path = format!("{base}/{}", made.json()["Id"].as_str().expect("an id"));
    assert_eq!(uem.get(&path).await.json()["Status"], "Pending");
    uem.put(&path, json!({})).await.json();
    for _ in 0..6 {
        uem.wait(HOUR * 4).await;
    }
    assert_eq!(uem.get(&path).await.json()["Status"], "Installed");
    uem.delete(&path).await.nothing(202);
    assert_eq!(uem.get(&path).await.json()["PendingRemoval"], true);
    uem.wait(HOUR * 24).await;
    assert_eq!(uem.get(&path).await.json()["Status"], "NotInstalled");
    assert_eq!(uem.delete(&path).await.status, 400, "there is nothing to remove");
    let of_device = uem.get(&format!("{base}/search?deviceid={device}")).await.json();
    assert!(list(&of_device, "AppInstalls").len() >= 2, "{of_device}");
    for wrong in ["?status=Odd", "/search?status=Odd"] {
        assert_eq!(uem.get(&format!("{base}{wrong}")).await.status, 400);
    }
    for missing in [uem.get(&format!("{base}/1-2")).await, uem.put(&format!("{base}/odd"), json!({})).await] {
        assert_eq!(missing.status, 404);
    }
    uem.covers(&["guide/appinstalls"]);
}

#[tokio::test]
async fn an_app_is_wrapped_by_a_job() {
    let uem = Caller::new().await;
    let (app, _) = field_notes(&uem).await;
    let base = "/API/v1/appwrapping";
    assert_eq!(uem.get(base).await.json()["Total"], 0);
    assert_eq!(uem.post(base, json!({})).await.status, 400);
    let acrobat = uem.get("/API/v1/apps/search?applicationname=Acrobat").await.json();
    let acrobat = id(&list(&acrobat, "Applications")[0]);
    assert_eq!(uem.post(base, json!({"ApplicationId": acrobat})).await.status, 400, "nothing of Windows is wrapped");
    let made = uem.post(base, json!({"ApplicationId": app, "DataLossPrevention": true})).await;
    assert_eq!(made.status, 201);
    let job = id(&made.json());
    let path = format!("{base}/{job}");
    assert_eq!(made.json()["Status"], "Queued");
    assert_eq!(uem.put(&path, json!({"SingleSignOn": true})).await.json()["SingleSignOn"], true);
    let dropped = uem.post(base, json!({"ApplicationId": app})).await.json();
    uem.delete(&format!("{base}/{}", id(&dropped))).await.nothing(204);
    assert_eq!(uem.get(&format!("/API/v1/apps/{app}")).await.json()["IsWrapped"], false);
    uem.wait(HOUR).await;
    let done = uem.get(&path).await.json();
    assert_eq!(
        (&done["Status"], &done["Progress"], &done["DataLossPrevention"]),
        (&json!("Completed"), &json!(100), &json!(true))
    );
    assert_eq!(uem.put(&path, json!({"SingleSignOn": false})).await.status, 409, "it is done");
    assert_eq!(uem.get(&format!("/API/v1/apps/{app}")).await.json()["IsWrapped"], true);
    let found = uem.get(&format!("{base}/search?status=Completed&applicationid={app}")).await.json();
    assert_eq!((&found["Total"], &found["AppWrappings"][0]["ApplicationName"]), (&json!(1), &json!("Field Notes")));
    for missing in [uem.get(&format!("{base}/99")).await, uem.delete(&format!("{base}/99")).await] {
        assert_eq!(missing.status, 404);
    }
    for wrong in ["?applicationid=999999", "/search?applicationid=999999"] {
        assert_eq!(uem.get(&format!("{base}{wrong}")).await.error(), (404, 7000));
    }
    uem.covers(&["guide/appwrapping"]);
}

#[tokio::test]
async fn nobody_sees_apps_of_another_part_of_the_tree() {
    let uem = Caller::new().await;
    let (app, uuid) = field_notes(&uem).await;
    let blob = upload(&uem, "de.apk", "application/json", b"apk").await.json();
    let own = json!({"ApplicationName": "Fahrplan", "BundleId": "com.example.fahrplan", "Platform": "Android",
        "LocationGroupId": 574, "BlobId": blob["Value"]});
    let own = id(&uem.post("/API/v1/apps", own).await.json());
    let germany = login(&uem, "greta", "System Administrator", 574).await;
    let found = germany.get(&uem, "/api/mam/apps/search").await.json();
    assert_eq!((&found["Total"], id(&list(&found, "Application")[0])), (&json!(1), own));
    let path = format!("/api/mam/apps/internal/{app}");
    assert_eq!(germany.get(&uem, &path).await.error(), (401, 7000), "as if it did not exist");
    for (method, path, body, error) in [
        (Method::PUT, path.clone(), json!({"Comments": "mine"}), (400, 400)),
        (Method::DELETE, path.clone(), Value::Null, (400, 400)),
        (Method::POST, format!("{path}/retire"), Value::Null, (400, 400)),
        (Method::POST, format!("{path}/install"), json!({"DeviceId": 1}), (401, 7000)),
        (Method::PUT, format!("/api/mam/apps/{uuid}/assignment-rules"), json!({"assignments": []}), (404, 7000)),
        (Method::DELETE, format!("/API/v1/apps/{app}"), Value::Null, (404, 7000)),
    ] {
        let body = if body.is_null() { json!({}) } else { body };
        assert_eq!(germany.send(&uem, method, &path, body).await.error(), error, "{path}");
    }
    let package = uem.get(&path).await.json()["ApplicationFileBlobGUID"].as_str().expect("a UUID").to_owned();
    assert_eq!(germany.get(&uem, &format!("/api/mam/blobs/downloadblob/{package}")).await.status, 404);
    let reader = login(&uem, "rita", "Read Only", 570).await;
    assert_eq!(reader.get(&uem, &path).await.status, 200);
    assert_eq!(reader.send(&uem, Method::POST, &format!("{path}/retire"), json!({})).await.status, 403);

    // An app goes to devices of its group and below, however large the smart group is.
    let (all, _) = smart_group(&uem, "All Android Devices").await;
    let assign = json!({"SmartGroupIds": [all], "DeploymentParameters": {"PushMode": "Auto"}});
    uem.post(&format!("/api/mam/apps/internal/{own}/assignments"), assign).await.nothing(201);
    uem.wait(HOUR * 8).await;
    let reached = uem.get(&format!("/API/v1/apps/{own}/devices")).await.json();
    for row in list(&reached, "DeviceApps") {
        let device = uem.get(&format!("/api/mdm/devices/{}", row["DeviceId"])).await.json();
        assert_eq!(device["LocationGroupId"]["Id"]["Value"], 574, "{device}");
    }
    assert!(!list(&reached, "DeviceApps").is_empty());
}
