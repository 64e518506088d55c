//! Internal apps, from an upload to the removal from the last device.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::caller::{Answer, Caller, id, list, read};

pub(super) const HOUR: Duration = Duration::from_secs(3_600);

/// The id and UUID of a smart group.
pub(super) async fn smart_group(uem: &Caller, name: &str) -> (i64, String) {
    let found = uem.get(&format!("/api/mdm/smartgroups/search?name={}", name.replace(' ', "%20"))).await.json();
    let group = &list(&found, "SmartGroups")[0];
    (group["SmartGroupID"].as_i64().expect("an id"), group["SmartGroupUuid"].as_str().expect("a UUID").to_owned())
}

/// Bytes as some clients send them: under a content type that says something else.
pub(super) async fn upload(uem: &Caller, name: &str, content_type: &str, bytes: &[u8]) -> Answer {
    let path = format!("/api/mam/blobs/uploadblob?fileName={name}&organizationGroupId=570&moduleType=Application");
    read(with(uem.request(Method::POST, &path), "content-type", content_type).body(bytes.to_vec())).await
}

/// A request with another value of a header than the usual one.
pub(super) fn with(request: RequestBuilder, name: &'static str, value: &str) -> RequestBuilder {
    let value = HeaderValue::from_str(value).expect("a value");
    request.headers(HeaderMap::from_iter([(HeaderName::from_static(name), value)]))
}

fn package(file: &str, device_type: Value) -> Value {
    json!({
        "DeviceType": device_type, "ApplicationName": "Field Notes", "BundleId": "com.example.fieldnotes",
        "AppVersion": "1.0.0", "FileName": file, "PushMode": 0, "LocationGroupId": 570, "EnableProvisioning": false, "EARPackageId": "Example.FieldNotes",
        "SupportedModels": {"Model": [{"ModelId": 5, "ModelName": "Android"}]}, "Description": "Notes in the field",
        "CategoryList": {"Category": [{"CategoryId": 1, "Name": "Business"}]}
    })
}

/// An app that came as one file; its id and UUID.
pub(super) async fn field_notes(uem: &Caller) -> (i64, String) {
    let blob = upload(uem, "notes.apk", "application/json", b"PK\x03\x04 notes").await.json();
    let mut new = package("notes.apk", json!(5));
    new["BlobId"] = blob["Value"].clone();
    let made = uem.post("/api/mam/apps/internal/begininstall", new).await.json();
    assert_eq!((&made["Platform"], &made["PushMode"], &made["AppType"]), (&json!(5), &json!(0), &json!("Internal")));
    (id(&made), made["Uuid"].as_str().expect("a UUID").to_owned())
}

#[tokio::test]
async fn files_come_whole_or_in_chunks() {
    let uem = Caller::new().await;
    let bytes = b"\x00\x01 not text at all \xff";
    for content_type in ["application/json", "application/octet-stream", "application/x-www-form-urlencoded"] {
        let blob = upload(&uem, "a.bin", content_type, bytes).await.json();
        let (key, uuid) = (blob["Value"].as_i64().expect("an id"), blob["uuid"].as_str().expect("a UUID").to_owned());
        for address in [key.to_string(), uuid] {
            let got = read(uem.request(Method::GET, &format!("/api/mam/blobs/downloadblob/{address}"))).await;
            assert_eq!((got.status, got.header("content-length")), (200, bytes.len().to_string().as_str()), "{got:?}");
        }
        uem.delete(&format!("/api/mam/blobs/blob/{key}")).await.nothing(200);
        assert_eq!(uem.get(&format!("/api/mam/blobs/downloadblob/{key}")).await.error(), (404, 404));
        assert_eq!(uem.delete(&format!("/api/mam/blobs/blob/{key}")).await.status, 404);
    }
    assert_eq!(upload(&uem, "a.bin", "application/json", b"").await.error(), (400, 7019));
    let nowhere = "/api/mam/blobs/uploadblob?fileName=a&organizationGroupId=9";
    assert_eq!(uem.post(nowhere, json!({})).await.error(), (400, 6));

    // Version 2 names files by UUID and checks their hash.
    let path = "/api/mam/blobs/uploadblob?fileName=b&organizationGroupId=570&SHA256FileHash=";
    let v2 = |hash: &str| {
        let request = uem.request(Method::POST, &format!("{path}{hash}"));
        read(with(request, "accept", "application/json;version=2").body("abc"))
    };
    assert_eq!(v2("00").await.status, 400);
    let hash = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    let uuid = v2(hash).await.json()["uuid"].as_str().expect("a UUID").to_owned();
    uem.delete(&format!("/api/mam/blobs/{uuid}")).await.nothing(200);
    assert_eq!(uem.get(&format!("/api/mam/blobs/downloadblob/{uuid}")).await.status, 404);
    assert_eq!(uem.delete(&format!("/api/mam/blobs/{uuid}")).await.status, 404);

    let group = uem.tenant.ready.organization_group.uuid;
    let chunk = |number: usize, transaction: &str, size: usize| {
        let path = format!(
            "/api/mam/blobs/chunk?chunk_sequence_number={number}&transaction_id={transaction}&total_blob_size=6\
             &chunk_size={size}&organization_group_uuid={group}"
        );
        read(uem.request(Method::POST, &path).body("abc"))
    };
    assert_eq!(chunk(0, "", 3).await.status, 400);
    assert_eq!(chunk(1, "", 4).await.status, 400, "a chunk that is not as long as it says");
    let transaction = chunk(1, "", 3).await.json()["transaction_id"].as_str().expect("an id").to_owned();
    let merge = |transaction: &str| {
        json!({"filename_with_extension": "whole.txt", "module_type": "Application",
            "organization_group_uuid": group, "transaction_uuid": transaction})
    };
    assert_eq!(uem.post("/api/mam/blobs/mergechunk", merge(&transaction)).await.error(), (422, 8212));
    chunk(2, &transaction, 3).await.json();
    let whole = uem.post("/api/mam/blobs/mergechunk", merge(&transaction)).await.json();
    assert_eq!(uem.get(&format!("/api/mam/blobs/downloadblob/{}", whole["Value"])).await.text, "abcabc");
    uem.covers(&["mamv1/BlobsV1", "mamv2/BlobsV2", "mamv1/Chunk"]);
}

async fn made_in_chunks(uem: &Caller) {
    let path = "/api/mam/apps/internal/uploadchunk";
    let piece = |number: i64, transaction: Value, bytes: &[u8], size: usize| {
        json!({"TransactionId": transaction, "ChunkData": STANDARD.encode(bytes), "ChunkSequenceNumber": number,
            "ChunkSize": size, "TotalApplicationSize": 8})
    };
    assert_eq!(uem.post(path, piece(0, Value::Null, b"abcd", 4)).await.status, 400);
    assert_eq!(uem.post(path, piece(1, Value::Null, b"abcd", 5)).await.status, 400);
    assert_eq!(uem.post(path, piece(2, json!("none"), b"abcd", 4)).await.status, 400);
    // JSON under the content type of a form, as a widespread module sends it.
    let first = piece(1, Value::Null, b"abcd", 4).to_string();
    let request = with(uem.request(Method::POST, path), "content-type", "application/x-www-form-urlencoded");
    let answer = read(request.body(first)).await.json();
    assert_eq!((&answer["UploadSuccess"], &answer["ChunkSequenceNumber"]), (&json!(true), &json!(1)));
    let transaction = answer["TranscationId"].clone();

    let new = json!({
        "transaction_id": transaction, "device_type": "WinRT", "application_name": "Gauge", "file_name": "gauge.msi",
        "app_uem_version": "2.0", "supported_models": {"model": [{"model_id": 83, "model_name": "Desktop"}]},
        "supported_processor_architecture": "x64", "description": "Measures",
        "deployment_options": {"how_to_install": {"install_command": "msiexec /i gauge.msi"}}
    });
    let create = "/api/mam/apps/internal/application";
    assert_eq!(uem.post(create, new.clone()).await.status, 400, "half of the file is missing");
    uem.post(path, piece(2, transaction, b"efgh", 4)).await.json();
    let mut bare = new.clone();
    bare.as_object_mut().expect("an object").remove("deployment_options");
    assert_eq!(uem.post(create, bare).await.status, 400, "an MSI says how it is installed");
    let made = uem.post(create, new).await.json();
    assert_eq!(
        (&made["AppVersion"], &made["Platform"], &made["Description"]),
        (&json!("2.0"), &json!(12), &json!("Measures"))
    );
    assert!(made["BundleId"].as_str().expect("an id").starts_with('{'));
    let shown = uem.get(&format!("/api/mam/apps/internal/{}", id(&made))).await.json();
    assert_eq!(shown["DeploymentOptions"]["HowToInstall"]["InstallCommand"], "msiexec /i gauge.msi");
    let blob = shown["ApplicationFileBlobGUID"].as_str().expect("a UUID");
    assert_eq!(uem.get(&format!("/api/mam/blobs/downloadblob/{blob}")).await.text, "abcdefgh");
    assert_eq!(uem.delete(&format!("/api/mam/blobs/{blob}")).await.status, 403, "it belongs to an app");
}

async fn described_and_versioned(uem: &Caller, app: i64, uuid: &str) {
    let path = format!("/api/mam/apps/internal/{app}");
    uem.put(&path, json!({"Comments": "For surveyors", "applicationname": "Field Notes Pro", "AppVersion": "9"}))
        .await
        .nothing(204);
    let shown = uem.get(&path).await.json();
    assert_eq!((&shown["ApplicationName"], &shown["Comments"]), (&json!("Field Notes Pro"), &json!("For surveyors")));
    assert_eq!((&shown["AirwatchAppVersion"], &shown["AppId"]), (&json!("1.0.0"), &json!("com.example.fieldnotes")));
    assert_eq!(shown["CategoryList"][0]["Name"], "Business");
    let by_uuid = uem.get(&format!("/api/mam/apps/internal/{uuid}")).await.json();
    assert_eq!(by_uuid, shown);

    // A second version, which takes the assignments of the first along.
    let blob = upload(uem, "notes2.apk", "application/octet-stream", b"PK two").await.json();
    let mut new = package("notes2.apk", json!("Android"));
    new["BlobId"] = blob["Value"].clone();
    assert_eq!(uem.post("/api/mam/apps/internal/begininstall", new.clone()).await.status, 400, "1.0.0 exists");
    new["AppVersion"] = json!("1.1.0");
    new["CarryOverAssignments"] = json!(true);
    let mut wrong = new.clone();
    wrong["FileName"] = json!("notes.msi");
    assert_eq!(uem.post("/api/mam/apps/internal/begininstall", wrong).await.status, 400, "no app of Android");
    let second = uem.post("/api/mam/apps/internal/begininstall", new).await.json();
    assert_eq!(second["AssignmentStatus"], "Assigned");
    let path = "/api/mam/apps/internal/com.example.fieldnotes";
    let versions = uem.get(&format!("{path}/Android/versions")).await.json();
    let versions: Vec<&str> =
        versions.as_array().expect("a list").iter().filter_map(|v| v["version"].as_str()).collect();
    assert_eq!(versions, ["1.0.0", "1.1.0"]);
    assert_eq!(uem.get(&format!("{path}/Apple/versions")).await.error(), (404, 7000));
    assert_eq!(uem.get(&format!("{path}/Toaster/versions")).await.status, 422);
    let source = "/api/mam/apps/internal/packageSource/Example.FieldNotes/deviceType/Android/versions";
    assert_eq!(uem.get(source).await.json().as_array().map(Vec::len), Some(2));
    assert_eq!(uem.get(&source.replace("FieldNotes", "Nothing")).await.error(), (400, 19));
    let group = uem.tenant.ready.organization_group.uuid;
    let query = format!("bundleid=com.example.fieldnotes&devicetype=Android&apporganizationgroupuuid={group}");
    let summary = uem.get(&format!("/api/mam/apps/internal/summary?{query}")).await.json();
    assert_eq!(summary["name"], "Field Notes");
    let nobody = query.replace("fieldnotes", "nothing");
    for what in ["summary", "installcounts", "reasonbreakdowncounts", "devices"] {
        assert_eq!(uem.get(&format!("/api/mam/apps/internal/{what}?{nobody}")).await.error(), (404, 7000), "{what}");
    }
    let second = id(&second);
    uem.post_nothing(&format!("/api/mam/apps/internal/{second}/retire")).await.nothing(202);
    assert_eq!(uem.post_nothing(&format!("/api/mam/apps/internal/{second}/retire")).await.status, 403);
    let found = uem.get("/api/mam/apps/search?status=Retired").await.json();
    assert_eq!(id(&list(&found, "Application")[0]), second);
    let path = format!("/api/mam/apps/internal/{second}/unretire?retirepreviousversion=true");
    uem.post_nothing(&path).await.nothing(202);
    assert_eq!(uem.get(&format!("/api/mam/apps/internal/{app}")).await.json()["Status"], "Retired");
    assert_eq!(uem.post_nothing(&path).await.status, 403);
    uem.post_nothing(&format!("/api/mam/apps/internal/{app}/unretire")).await.nothing(202);
    uem.delete(&format!("/api/mam/apps/internal/{second}")).await.nothing(204);
    assert_eq!(uem.get(&format!("/api/mam/apps/internal/{second}")).await.error(), (401, 7000));
    assert_eq!(uem.delete(&format!("/api/mam/apps/internal/{second}")).await.error(), (400, 400), "twice");
}

async fn rows(uem: &Caller, uuid: &str, more: &str) -> Vec<Value> {
    let group = uem.tenant.ready.organization_group.uuid;
    let path = format!("/api/mam/apps/{uuid}/devices?organizationgroupuuid={group}&page=0&pagesize=500{more}");
    list(&uem.get(&path).await.json(), "devices").clone()
}

async fn installed_and_removed(uem: &Caller, app: i64, uuid: &str) -> i64 {
    let path = format!("/api/mam/apps/internal/{app}");
    let (all, all_uuid) = smart_group(uem, "All Android Devices").await;
    let (kiosks, _) = smart_group(uem, "Kiosks").await;
    let body = |groups: &[i64]| {
        json!({"SmartGroupIds": groups, "DeploymentParameters": {"PushMode": "On Demand",
        "RemoveOnUnEnroll": true, "ApplicationBackup": false, "VisibleInAppCatalog": true}})
    };
    assert_eq!(uem.post(&format!("{path}/assignments"), body(&[99_999])).await.error(), (400, 6));
    assert_eq!(uem.put(&format!("{path}/assignments"), json!({})).await.status, 400);
    uem.post(&format!("{path}/assignments"), body(&[all])).await.nothing(201);
    let mut change = body(&[all]);
    change["DeploymentParameters"]["PushMode"] = json!("Auto");
    change["SmartGroupIdsForExclusion"] = json!([kiosks]);
    uem.put(&format!("{path}/assignments"), change.clone()).await.nothing(204);
    change["SmartGroupIdsForExclusion"] = json!([all]);
    assert_eq!(uem.put(&format!("{path}/assignments"), change).await.error(), (400, 6), "assigned and excluded");
    let shown = uem.get(&path).await.json();
    assert_eq!(shown["ExcludedSmartGroupIds"], json!([kiosks]));
    let assignment = &shown["Assignments"][0];
    assert_eq!((&assignment["PushMode"], &assignment["RemoveOnUnEnroll"]), (&json!("Auto"), &json!("Enabled")));

    for _ in 0..8 {
        uem.wait(HOUR * 4).await;
    }
    let on = rows(uem, uuid, "&isinstalled=true").await;
    assert!(on.len() > 5, "{}", on.len());
    let device = on[0]["device_id"].as_i64().expect("an id");
    assert_eq!((&on[0]["installed_status"], &on[0]["last_action_taken"]), (&json!("Installed"), &json!("Managed")));
    let counts = format!("/api/mam/apps/{uuid}/deploymentcounts");
    let counted = uem.get(&counts).await.json();
    assert_eq!(counted["installed_count"], json!(on.len()));
    let in_group = rows(uem, uuid, &format!("&smartgroupids={all_uuid}&isassigned=true")).await;
    assert_eq!(counted["assigned_count"], json!(in_group.len()));

    let status = format!("{path}/status?deviceid={device}");
    assert_eq!(uem.get(&status).await.json(), json!("Installed"));
    assert_eq!(uem.get(&format!("{path}/status?deviceid=999999")).await.error(), (404, 5002));
    let target = json!({"DeviceId": device});
    uem.post(&format!("{path}/uninstall"), target.clone()).await.nothing(204);
    assert_eq!(uem.get(&status).await.json(), json!("Pending Removal"));
    assert_eq!(rows(uem, uuid, "&lastactiontaken=PendingRemoval").await.len(), 1);
    uem.wait(HOUR * 24).await;
    assert_eq!(uem.get(&status).await.json(), json!("Not Installed"), "the device has removed it");
    assert_eq!(uem.post(&format!("{path}/uninstall"), target.clone()).await.status, 400, "it has nothing to remove");
    let log = uem.get(&format!("/api/mdm/devices/{device}/eventlog?pagesize=50")).await.json();
    assert!(list(&log, "DeviceEventLogEntries").iter().any(|entry| entry["Event"] == "Application Removed"));
    let serial = uem.get(&format!("/api/mdm/devices/{device}")).await.json()["SerialNumber"].clone();
    uem.post(&format!("{path}/install"), json!({"SerialNumber": serial})).await.nothing(202);
    for _ in 0..6 {
        uem.wait(HOUR * 4).await;
    }
    assert_eq!(uem.get(&status).await.json(), json!("Installed"));
    device
}

async fn counted_and_acted_on(uem: &Caller, app: i64, uuid: &str, device: i64) {
    let group = uem.tenant.ready.organization_group.uuid;
    let query = format!("bundleid=com.example.fieldnotes&devicetype=Android&apporganizationgroupuuid={group}");
    let counts = uem.get(&format!("/api/mam/apps/internal/installcounts?{query}")).await.json();
    let installed = list(&counts, "app_version_level_counts")[0]["installed_count"].as_u64().expect("a count");
    let reasons = uem.get(&format!("/api/mam/apps/internal/reasonbreakdowncounts?{query}")).await.json();
    let managed = list(&reasons, "app_reason_counts").iter().find(|row| row["app_reason"] == "Managed");
    assert_eq!(managed.expect("a row")["device_count"], json!(installed));
    let all = uem.get(&format!("/api/mam/apps/internal/devices?{query}&isinstalled=true")).await.json();
    assert!(all["TotalResults"].as_u64().expect("a count") >= installed);
    let ids = uem.get(&format!("/api/mam/apps/internal/{app}/devices?status=installed")).await.json();
    assert_eq!(ids["Total"], json!(installed));
    assert!(list(&ids, "DeviceId").contains(&json!(device)));
    assert_eq!(uem.get(&format!("/api/mam/apps/internal/{app}/devices?status=lost")).await.status, 400);
    assert_eq!(uem.get("/api/mam/apps/internal/999999/devices").await.error(), (401, 7000));

    let row = rows(uem, uuid, "&isinstalled=true").await[0].clone();
    let pair = json!({"device_assigned_app_uuids": [{"application_uuid": uuid, "device_uuid": [row["device_uuid"]]}]});
    let path = "/api/mam/apps/internal/devices?action=";
    assert_eq!(uem.post(&format!("{path}Polish"), pair.clone()).await.status, 422);
    uem.post(&format!("{path}Remove"), pair).await.nothing(202);
    assert_eq!(rows(uem, uuid, "&lastactiontaken=PendingRemoval").await.len(), 1);
    let everywhere =
        json!({"filter_criteria": {"bundle_identifier": "com.example.fieldnotes", "device_type": "Android"}});
    uem.post(&format!("{path}Install"), everywhere).await.nothing(202);
}

#[tokio::test]
async fn an_internal_app_from_upload_to_removal() {
    let uem = Caller::new().await;
    made_in_chunks(&uem).await;
    let (app, uuid) = field_notes(&uem).await;
    let device = installed_and_removed(&uem, app, &uuid).await;
    described_and_versioned(&uem, app, &uuid).await;
    counted_and_acted_on(&uem, app, &uuid, device).await;

    let path = format!("/api/mam/apps/internal/{app}");
    let (all, _) = smart_group(&uem, "All Android Devices").await;
    let delete = |body: Value| read(uem.request(Method::DELETE, &format!("{path}/assignments")).body(body.to_string()));
    assert_eq!(delete(json!({"SmartGroupIds": []})).await.status, 400);
    delete(json!({"SmartGroupIds": [all]})).await.nothing(204);
    assert_eq!(delete(json!({"SmartGroupIds": [all]})).await.error(), (400, 400));
    uem.wait(HOUR * 72).await;
    let left = rows(&uem, &uuid, "&isinstalled=true").await;
    assert!(left.len() < 3, "only a device that is away still has it: {}", left.len());
    assert!(left.iter().all(|row| row["assignment_status"] == "NotAssigned"));

    uem.post_nothing(&format!("{path}/deactivate")).await.nothing(202);
    assert_eq!(uem.post_nothing(&format!("{path}/deactivate")).await.status, 403);
    uem.post_nothing(&format!("{path}/activate")).await.nothing(202);
    assert_eq!(uem.post_nothing(&format!("{path}/activate")).await.status, 403);
    for what in ["install", "uninstall"] {
        assert_eq!(uem.post(&format!("/api/mam/apps/internal/999999/{what}"), json!({})).await.error(), (401, 7000));
    }
    assert_eq!(uem.get(&format!("/api/mam/apps/internal/{}", Uuid::nil())).await.error(), (401, 7000));
    assert_eq!(uem.put("/api/mam/apps/internal/999999", json!({})).await.error(), (400, 400));
    needed_by_others(&uem).await;
    uem.covers(&["mamv1/InternalAppsV1"]);
}

/// A package that other packages of Windows need.
async fn needed_by_others(uem: &Caller) {
    let blob = upload(uem, "runtime.appx", "application/json", b"appx").await.json();
    let new = json!({"DeviceType": 12, "ApplicationName": "Runtime", "FileName": "runtime.appx", "LocationGroupId": 570,
        "BlobId": blob["Value"], "IsDependencyFile": true, "SupportedModels": {"Model": [{"ModelId": 83}]}});
    let made = id(&uem.post("/api/mam/apps/internal/begininstall", new).await.json());
    let list = "/api/mam/apps/internal/windowsappdependencies";
    assert_eq!(uem.get(&format!("{list}/574")).await.json()[0]["Name"], "Runtime", "groups below use it too");
    assert_eq!(uem.get(&format!("{list}/9")).await.error(), (400, 6));
    let path = format!("/api/mam/apps/internal/windowsappdependency/{made}");
    assert_eq!(uem.get(&path).await.json()["BlobId"], blob["Value"]);
    uem.delete(&path).await.nothing(204);
    assert_eq!((uem.get(&path).await.status, uem.delete(&path).await.status), (400, 400));
}
