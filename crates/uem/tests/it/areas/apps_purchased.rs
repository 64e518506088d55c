//! Purchased apps: an account, what it bought, and licences for groups, devices and people.

use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::apps_internal::{HOUR, smart_group, upload, with};
use crate::caller::{Answer, Caller, id, list, read};

async fn patch(uem: &Caller, path: &str, body: Value) -> Answer {
    read(uem.request(Method::PATCH, path).body(body.to_string())).await
}

async fn v2(uem: &Caller, method: Method, path: &str, body: Value) -> Answer {
    read(with(uem.request(method, path), "accept", "application/json;version=2").body(body.to_string())).await
}

/// Brings in what was bought; the rows of the search.
async fn bought(uem: &Caller) -> Vec<Value> {
    let base = "/api/mam/apps/purchased";
    uem.get(&format!("{base}/search")).await.nothing(204);
    for what in ["VppSyncAssets", "ResetClientContextForAccount"] {
        assert_eq!(
            uem.put(&format!("{base}/{what}/570"), json!({})).await.error(),
            (422, 7100),
            "{what}: no token yet"
        );
        assert_eq!(uem.put(&format!("{base}/{what}/9"), json!({})).await.error(), (400, 6));
    }
    assert_eq!(uem.get(&format!("{base}/GetVppSyncAssetsStatus/570")).await.error(), (422, 7100));
    let token = upload(uem, "token.vpp", "application/octet-stream", b"eyJ0b2tlbiI6IngifQ==").await.json();
    let account = json!({"description": "Business store", "organizationGroupId": 570, "sTokenBlobId": token["Value"]});
    let mut wrong = account.clone();
    wrong["sTokenBlobId"] = json!(99_999);
    assert_eq!(uem.post(&format!("{base}/account"), wrong).await.status, 400);
    uem.post(&format!("{base}/account"), account.clone()).await.nothing(204);
    uem.post(&format!("{base}/account"), account).await.nothing(204);
    let status = async || uem.get(&format!("{base}/GetVppSyncAssetsStatus/570")).await.json()["BatchStatus"].clone();
    assert_eq!(status().await["status"], "NotStarted");
    uem.put(&format!("{base}/VppSyncAssets/570"), json!({})).await.json();
    assert_eq!(status().await["status"], "Pending");
    uem.wait(HOUR).await;
    assert_eq!(status().await["status"], "Completed");
    uem.put(&format!("{base}/ResetClientContextForAccount/570"), json!({})).await.json();
    // Once more brings nothing in twice.
    uem.put(&format!("{base}/VppSyncAssets/570"), json!({})).await.json();
    let found = uem.get(&format!("{base}/search?orderby=applicationname")).await.json();
    assert_eq!(found["Total"], 4);
    assert!(uem.get("/api/mam/apps/search?applicationname=Prompt").await.status == 204, "not among the others");
    list(&found, "Application").clone()
}

#[tokio::test]
async fn licences_are_bought_set_aside_and_used() {
    let uem = Caller::new().await;
    let rows = bought(&uem).await;
    let row = rows.iter().find(|row| row["ApplicationName"] == "Inspection Lists").expect("a row");
    let (app, uuid) = (id(row), row["Uuid"].as_str().expect("a UUID").to_owned());
    assert_eq!(row["ManagedDistribution"]["Purchased"], 500);
    let path = format!("/api/mam/apps/purchased/{app}");
    let (group, group_uuid) = smart_group(&uem, "All iOS Devices").await;
    let body = |allocated: i64| {
        json!({"Assignments": [{"SmartGroupId": group, "Allocated": allocated}],
        "Deployment": {"AssignmentType": "Auto", "RemoveOnUnenroll": true}})
    };
    assert_eq!(uem.post(&format!("{path}/assignment"), body(501)).await.error(), (422, 1012), "more than were bought");
    assert_eq!(uem.post(&format!("{path}/assignment"), json!({})).await.status, 400);
    uem.post(&format!("{path}/assignment"), body(300)).await.nothing(201);
    let shown = uem.get(&path).await.json();
    assert_eq!((&shown["Orders"]["Allocated"], &shown["Orders"]["Unallocated"]), (&json!(300), &json!(200)));
    assert_eq!(uem.put(&path, body(-1)).await.status, 422);
    uem.put(&path, body(200)).await.nothing(200);
    let assigned = uem.get("/api/mam/apps/purchased/search?isassigned=true").await.json();
    assert_eq!((&assigned["Total"], id(&assigned["Application"][0])), (&json!(1), app));

    for _ in 0..8 {
        uem.wait(HOUR * 4).await;
    }
    let ids = uem.get(&format!("{path}/devices?status=installed")).await.json();
    let devices = list(&ids, "DeviceId");
    let shown = uem.get(&path).await.json();
    assert!(shown["Orders"]["Redeemed"].as_u64().expect("a count") >= devices.len() as u64 && devices.len() > 5);
    assert_eq!(shown["Assignments"][0]["Allocated"], 200);
    assert_eq!(uem.get(&format!("{path}/devices")).await.status, 400, "the status is required");
    let v2_path = format!("/api/mam/apps/purchased/{uuid}");
    let second = uem.get(&v2_path).await.json();
    assert_eq!((&second["licenses_summary"]["total"], &second["name"]), (&json!(500), &json!("Inspection Lists")));
    assert_eq!(second["assignments"][0]["smart_group_uuid"], json!(group_uuid));
    assert_eq!(uem.get(&format!("/api/mam/apps/purchased/{}", Uuid::nil())).await.error(), (404, 7000));

    let device = devices[0].as_i64().expect("an id");
    let status = format!("{path}/status?deviceid={device}");
    let target = json!({"DeviceId": device});
    assert_eq!(uem.get(&status).await.json(), json!("Installed"));
    uem.post(&format!("{path}/uninstall"), target.clone()).await.nothing(200);
    uem.wait(HOUR * 24).await;
    assert_eq!(uem.get(&status).await.json(), json!("Not Installed"));
    uem.post(&format!("{path}/install"), target.clone()).await.nothing(200);
    uem.wait(HOUR * 24).await;
    let named = uem.get(&format!("/api/mdm/devices/{device}")).await.json()["Uuid"].clone();
    let by_uuid = json!({"device_uuid": named});
    v2(&uem, Method::POST, &format!("{v2_path}/uninstall"), by_uuid.clone()).await.nothing(200);
    uem.wait(HOUR * 24).await;
    v2(&uem, Method::POST, &format!("{v2_path}/install"), by_uuid.clone()).await.nothing(200);
    let nobody = format!("/api/mam/apps/purchased/{}", Uuid::nil());
    for what in ["install", "uninstall"] {
        assert_eq!(v2(&uem, Method::POST, &format!("{nobody}/{what}"), by_uuid.clone()).await.error(), (404, 7000));
        let path = format!("/api/mam/apps/purchased/999999/{what}");
        assert_eq!(uem.post(&path, target.clone()).await.error(), (401, 7000));
    }
    assert_eq!(uem.get("/api/mam/apps/purchased/999999/status?deviceid=1").await.error(), (401, 7000));

    people_and_devices(&uem, app, &uuid, device, &rows).await;
    updates(&uem, app, &uuid).await;

    // Rules of version 2 say more than version 1 can show.
    let rules = json!({"assignments": [{"priority": 0, "distribution": {"name": "All", "smart_groups": [group_uuid],
        "app_delivery_method": "AUTO"}}]});
    uem.put(&format!("/api/mam/apps/{uuid}/assignment-rules"), rules).await.nothing(202);
    assert_eq!(uem.get(&path).await.error(), (400, 7019));
    uem.delete(&format!("{path}/smartgroups/{group}")).await.nothing(204);
    assert_eq!(uem.delete(&format!("{path}/smartgroups/{group}")).await.error(), (400, 400));
    uem.delete(&path).await.nothing(200);
    assert_eq!(uem.delete(&path).await.error(), (400, 400));
    assert_eq!(uem.get(&path).await.error(), (401, 7000));
    assert_eq!(uem.get("/api/mam/apps/purchased/search?status=Odd").await.status, 400);
    super::apps_assigned::one_by_one(&uem).await;
    uem.covers(&["mamv1/PurchasedAppsV1", "mamv2/PurchasedAppsV2", "mamv1/SmartGroup"]);
}

async fn people_and_devices(uem: &Caller, app: i64, uuid: &str, device: i64, rows: &[Value]) {
    let path = format!("/api/mam/apps/purchased/{app}");
    let invite = |ids: Value| json!({"BulkValues": {"Value": ids}});
    let invited = uem.post(&format!("{path}/vppinvite"), invite(json!([device, 999_999]))).await;
    assert_eq!(invited.status, 201);
    let invited = invited.json();
    assert_eq!((&invited["AcceptedItems"], &invited["FailedItems"]), (&json!(1), &json!(1)));
    let status = format!("{path}/vppinvitestatus/{device}");
    assert_eq!(uem.get(&status).await.json()["Status"], "Invited");
    assert_eq!(uem.get(&format!("{path}/vppinvitestatus/999999")).await.error(), (400, 2));

    let enable = format!("/api/mam/apps/purchased/EnableDeviceAssignmentForVppApp/{app}");
    uem.put(&enable, json!({})).await.json();
    assert_eq!(uem.put(&enable, json!({})).await.error(), (422, 7103));
    assert_eq!(uem.post(&format!("{path}/vppinvite"), invite(json!([device]))).await.status, 400, "nobody to invite");
    let group = uem.tenant.ready.organization_group.uuid;
    let many = format!("/api/mam/apps/purchased/device-assignment/organizationgroups/{group}?action=");
    let named = json!({"application_uuids": [uuid]});
    assert_eq!(uem.put(&format!("{many}Include"), json!({})).await.error(), (400, 6));
    uem.put(&format!("{many}Exclude"), named).await.nothing(202);
    let all = uem.get("/api/mam/apps/purchased/search").await.json();
    let device_based =
        list(&all, "Application").iter().filter(|row| row["ManagedDistribution"]["AppLicenseEligibility"] == "Device");
    assert_eq!(device_based.count(), rows.len());
}

async fn updates(uem: &Caller, app: i64, uuid: &str) {
    let path = format!("/api/mam/apps/purchased/{app}");
    let version = async || {
        let found = uem.get("/api/mam/apps/purchased/search?applicationname=Inspection").await.json();
        let row = &list(&found, "Application")[0];
        (row["AppVersion"].clone(), row["IsAutoUpdateEnabled"].clone())
    };
    assert_eq!(version().await.0, "2.6.0");
    uem.post_nothing(&path).await.nothing(201);
    assert_eq!(version().await.0, "2.6.4");
    assert_eq!(uem.post_nothing(&path).await.status, 404, "there is nothing newer");
    for _ in 0..8 {
        uem.wait(HOUR * 4).await;
    }
    let group = uem.tenant.ready.organization_group.uuid;
    let rows = format!("/api/mam/apps/{uuid}/devices?organizationgroupuuid={group}&isinstalled=true");
    let rows = uem.get(&rows).await.json();
    let newest = list(&rows, "devices").iter().filter(|row| row["installed_version"] == "2.6.4").count();
    assert!(newest > 5, "devices were brought to the new version: {newest}");
    patch(uem, &path, json!({"IsAutoUpdateEnabled": true})).await.nothing(200);
    assert_eq!(version().await.1, json!(true));
    assert_eq!(patch(uem, &path, json!({})).await.status, 400);
}
