//! What is one device's own: samples, notes, attributes, apps, people, logs.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::devices::{nobody, some, text, version};
use crate::caller::{Caller, id, list};

const HOUR: Duration = Duration::from_secs(3_600);

/// The same resource by id and by serial number.
fn both(device: &Value, resource: &str) -> [String; 2] {
    let serial = text(device, "SerialNumber");
    [
        format!("/api/mdm/devices/{}/{resource}", id(device)),
        format!("/api/mdm/devices/{resource}?searchby=Serialnumber&id={serial}"),
    ]
}

/// A resource that is the same however its device is named, and missing where the device is.
async fn read_both(uem: &Caller, device: &Value, resource: &str) -> Value {
    let [by_id, by_serial] = both(device, resource);
    let shown = uem.get(&by_id).await.json();
    assert_eq!(uem.get(&by_serial).await.json(), shown, "{resource}");
    assert_eq!(uem.get(&by_id).await.json(), shown, "{resource} is the same every time");
    let missing = uem.get(&format!("/api/mdm/devices/999999/{resource}")).await.error();
    assert!([(404, 5002), (400, 6)].contains(&missing), "{resource}: {missing:?}");
    let missing = uem.get(&format!("/api/mdm/devices/{resource}?searchby=Udid&id=none")).await;
    assert_eq!(missing.error(), (404, 5002), "{resource}");
    let bad = uem.get(&format!("/api/mdm/devices/{resource}?searchby=Colour&id=red")).await;
    assert_eq!(bad.error(), (422, 5003), "{resource}");
    shown
}

pub(super) async fn samples_tell_how_a_device_is_connected_and_protected(uem: &Caller) {
    let phone = some(uem, "&platform=Apple", |device| device["Imei"] != "" && device["Ownership"] == "C").await;
    let network = read_both(uem, &phone, "network").await;
    assert!(text(&network["IPAddress"], "WifiIPAddress").starts_with("10."));
    assert!(text(&network["IPAddress"], "CellularIPAddress").starts_with("10."));
    assert_eq!(network["PhoneNumber"], phone["PhoneNumber"]);
    let all = uem.get("/api/mdm/devices/networkinfosearch?platform=Apple&pagesize=500").await.json();
    let row = list(&all, "DeviceNetworkDetails").iter().find(|row| row["Uuid"] == phone["Uuid"]).expect("a row");
    assert_eq!(row["IPAddress"], network["IPAddress"]);
    uem.get("/api/mdm/devices/networkinfosearch?user=nobody-at-all").await.nothing(204);
    assert_eq!(uem.get("/api/mdm/devices/networkinfosearch?platform=Symbian").await.error().0, 400);
    uem.covers(&["mdmv1/Network"]);

    let track = read_both(uem, &phone, "gps").await;
    let week = uem.get(&format!("/api/mdm/devices/{}/gps?dayRange=7", id(&phone))).await.json();
    let (track, week) = (track.as_array().expect("samples"), week.as_array().expect("samples"));
    assert!(week.len() > track.len() && week.starts_with(track), "what was sampled stays");
    let bulk = json!({"BulkValues": {"Value": [id(&phone), 999_999]}});
    assert_eq!(uem.post("/api/mdm/devices/gps", bulk.clone()).await.json(), json!(track));
    let path = "/api/mdm/devices/gps/search?searchby=DeviceId&daterange=7";
    assert_eq!(uem.post(path, bulk.clone()).await.json(), json!(week));
    let own = some(uem, "&platform=Apple", |device| device["Ownership"] == "E").await;
    assert_eq!(uem.get(&format!("/api/mdm/devices/{}/gps", id(&own))).await.status, 400, "nobody follows people");
    let bulk_own = json!({"BulkValues": {"Value": [id(&own)]}});
    uem.post("/api/mdm/devices/gps", bulk_own).await.nothing(204);
    assert_eq!(uem.post("/api/mdm/devices/gps?searchby=Colour", bulk.clone()).await.error(), (422, 5003));
    assert_eq!(uem.post("/api/mdm/devices/gps/search?searchby=Colour", bulk).await.error(), (422, 5003));
    uem.covers(&["mdmv1/GPS"]);

    let mac = some(uem, "&platform=AppleOsX", |device| device["IsSupervised"] == true).await;
    let security = read_both(uem, &mac, "security").await;
    let encrypted = mac["DataEncryptionYN"] == "Y";
    assert_eq!((&security["IsEncrypted"], &security["HasPersonalRecoveryKey"]), (&json!(encrypted), &json!(encrypted)));
    let uuid = text(&mac, "Uuid");
    let of_mac = |what: &str| format!("/api/mdm/devices/{uuid}/security/{what}");
    assert_eq!(uem.get(&of_mac("encryption-status")).await.json(), json!({"encryption_status": encrypted}));
    let admin = uem.get(&of_mac("managed-admin-information")).await.json();
    assert_eq!(text(&admin, "current_password").len(), 14);
    let lock = uem.get(&of_mac("recovery-lock-password")).await.json();
    assert_eq!(lock["device_uuid"], mac["Uuid"]);
    for what in ["managed-admin-information", "recovery-lock-password"] {
        let path = format!("/api/mdm/devices/{}/security/{what}", text(&phone, "Uuid"));
        assert_eq!(uem.get(&path).await.error(), (400, 21), "{what}");
    }
    let path = format!("/api/mdm/devices/{}/security/encryption-status", Uuid::nil());
    assert_eq!(uem.get(&path).await.error(), (404, 5061));
    let left = uem.get("/api/mdm/devices/extensivesearch?enrollmentstatus=Unenrolled").await.json();
    let left = &list(&left, "Devices")[0]["DeviceId"];
    assert_eq!(uem.get(&format!("/api/mdm/devices/{left}/security")).await.error(), (404, 8));
    let path = "/api/mdm/devices/securityinfosearch?organizationgroupid=570&user=.&platform=10&pagesize=500";
    let all = uem.get(path).await.json();
    let row = list(&all, "SecurityInfo").iter().find(|row| row["DeviceId"] == id(&mac)).expect("a row");
    assert_eq!(row["EncryptionStatus"], security["EncryptionStatus"]);
    let path = "/api/mdm/devices/securityinfosearch?organizationgroupid=9&user=.";
    assert_eq!(uem.get(path).await.error(), (400, 6));
    uem.covers(&["mdmv1/SecurityV1"]);
}

pub(super) async fn encrypted_drives_have_keys(uem: &Caller) {
    let computer = some(uem, "&platform=WinRT", |device| device["DataEncryptionYN"] == "Y").await;
    let base = format!("/api/mdm/devices/{}/bitlocker", text(&computer, "Uuid"));
    let drives = uem.get(&format!("{base}/drives")).await.json();
    assert_eq!(drives["overall_bitlocker_status"], "ENCRYPTED");
    let drive = &list(&drives, "drive_information")[0];
    let volume = text(drive, "volume_identifier");
    let protectors = uem.get(&format!("{base}/drives/{volume}/protectors")).await.json();
    let with_key = list(&protectors, "protector_information")
        .iter()
        .find(|protector| protector["key_protector_type"] == "NUMERICAL_PASSWORD")
        .expect("a password");
    let key = uem.get(&format!("{base}/recoveryKey/{}", text(with_key, "key_protector_id"))).await.json();
    assert_eq!(key["recovery_key"], with_key["recovery_key"]);
    let groups: Vec<u64> =
        text(&key, "recovery_key").split('-').map(|group| group.parse().expect("a number")).collect();
    assert!(groups.len() == 8 && groups.iter().all(|group| group % 11 == 0), "{groups:?}");
    let security = uem.get(&format!("/api/mdm/devices/{}/security", id(&computer))).await.json();
    assert_eq!(security["PersonalRecoveryKey"], key["recovery_key"]);
    for wrong in ["drives/nothing/protectors", "recoveryKey/nothing"] {
        assert_eq!(uem.get(&format!("{base}/{wrong}")).await.error(), (404, 404), "{wrong}");
    }
    let phone = some(uem, "&platform=Apple", |_| true).await;
    let path = format!("/api/mdm/devices/{}/bitlocker/drives", text(&phone, "Uuid"));
    assert_eq!(uem.get(&path).await.error(), (400, 21));
    uem.covers(&["mdmv1/BitLockerV1"]);
}

pub(super) async fn notes_are_kept_rewritten_and_removed(uem: &Caller) {
    let device = some(uem, "", |_| true).await;
    let [by_id, by_serial] = both(&device, "notes");
    let one = uem.post(&by_id, json!({"Note": "Lent to the front desk"})).await;
    assert_eq!(one.status, 201);
    let one = one.json()["Value"].as_i64().expect("an id");
    assert_eq!(uem.post(&by_serial, json!({"Note": "Battery is weak"})).await.status, 201);
    let notes = read_both(uem, &device, "notes").await;
    assert_eq!((&notes["Total"], &notes["DeviceNotes"][0]["Note"]), (&json!(2), &json!("Lent to the front desk")));
    let two = notes["DeviceNotes"][1]["Id"].as_i64().expect("an id");

    uem.wait(HOUR).await;
    let serial = text(&device, "SerialNumber");
    let alternate = |note: i64| format!("/api/mdm/devices/notes/{note}?searchby=Serialnumber&id={serial}");
    uem.put(&format!("{by_id}/{one}"), json!({"Note": "Returned"})).await.nothing(204);
    assert_eq!(uem.put(&alternate(two), json!({"Note": "Battery replaced"})).await.status, 201);
    let seen = uem.get(&alternate(one)).await.json();
    assert_eq!(seen["Note"], "Returned");
    assert_ne!(seen["CreatedOn"], seen["ModifiedOn"]);
    assert_eq!(uem.get(&format!("{by_id}/{two}")).await.json()["Note"], "Battery replaced");

    for short in [json!({"Note": "ab"}), json!({})] {
        assert_eq!(uem.post(&by_id, short.clone()).await.error().0, 400);
        assert_eq!(uem.post(&by_serial, short.clone()).await.error().0, 400);
        assert_eq!(uem.put(&format!("{by_id}/{one}"), short.clone()).await.error().0, 400);
        assert_eq!(uem.put(&alternate(two), short).await.error().0, 400);
    }
    uem.delete(&format!("{by_id}/{one}")).await.nothing(204);
    uem.delete(&alternate(two)).await.nothing(204);
    for gone in [format!("{by_id}/{one}"), alternate(two)] {
        assert_eq!(uem.get(&gone).await.error(), (400, 6));
        assert_eq!(uem.delete(&gone).await.error(), (400, 6));
    }
    assert_eq!(uem.get(&by_id).await.json()["Total"], 0);
    uem.covers(&["mdmv1/Notes"]);
}

pub(super) async fn attributes_are_set_item_by_item_and_their_past_is_kept(uem: &Caller) {
    let device = some(uem, "", |device| device["AssetNumber"] != "").await;
    let (number, serial, asset) = (id(&device), text(&device, "SerialNumber"), text(&device, "AssetNumber"));
    let path = format!("/api/mdm/devices/{number}/customattributes");
    let set = |name: &str, value: &str| json!({"applicationGroup": "Assets", "name": name, "value": value});
    let mixed = json!({"CustomAttributes": [set("Room", "4.11"), set("", "x"), set("Desk", "7")]});
    let answer = uem.put(&path, mixed).await.json();
    assert_eq!((&answer["AcceptedItems"], &answer["FailedItems"]), (&json!(2), &json!(1)));
    assert_eq!(answer["Faults"]["Fault"][0]["ErrorCode"], 400);
    let by_serial = format!("/api/mdm/devices/serialnumber/{serial}/customattributes");
    uem.put(&by_serial, json!({"CustomAttributes": [set("Room", "5.02")]})).await.json();
    let by_asset = format!("/api/mdm/devices/assetnumber/{asset}/customattributes");
    uem.put(&by_asset, json!({"CustomAttributes": [set("Floor", "5")]})).await.json();
    let many = json!([
        {"deviceCustomAttributes": [set("Desk", "8")], "serialNumber": serial},
        {"deviceCustomAttributes": [set("Desk", "9")], "serialNumber": "none", "userName": "ada"},
    ]);
    let answer = uem.put("/api/mdm/devices/customattributes", many).await.json();
    assert_eq!((&answer["acceptedItems"], &answer["failedDevices"][0]["errorCode"]), (&json!(1), &json!(5002)));

    let search = format!("/api/mdm/devices/customattribute/search?deviceid={number}");
    let found = uem.get(&search).await.json();
    let values: Vec<&str> =
        list(&found["Devices"][0], "CustomAttributes").iter().map(|attribute| text(attribute, "Value")).collect();
    assert_eq!(values, ["8", "5", "5.02"], "by name: desk, floor, room");
    let one = uem.get(&format!("{search}&customattributename=Room&source=API")).await.json();
    assert_eq!(list(&one["Devices"][0], "CustomAttributes").len(), 1);
    let report = format!("/api/mdm/devices/customattribute/changereport?deviceid={number}&customattributename=room");
    let changes = uem.get(&report).await.json();
    let changes = list(&changes["DeviceCustomAttributeChanges"][0], "CustomAttributeChanges");
    assert_eq!((&changes[0]["OldValue"], &changes[0]["NewValue"]), (&json!(""), &json!("4.11")));
    assert_eq!((&changes[1]["OldValue"], &changes[1]["NewValue"]), (&json!("4.11"), &json!("5.02")));

    let remove = json!({"CustomAttributes": [{"ApplicationGroup": "Assets", "Name": "Room"},
        {"ApplicationGroup": "Assets", "Name": "Colour"}]});
    let delete =
        async |path: &str| crate::caller::read(uem.request(Method::DELETE, path).body(remove.to_string())).await;
    let answer = delete(&path).await.json();
    assert_eq!((&answer["AcceptedItems"], &answer["Faults"]["Faults"][0]["ItemValue"]), (&json!(1), &json!("Colour")));
    assert_eq!(delete(&by_serial).await.json()["FailedItems"], 2, "both are gone by now");
    uem.get(&format!("{search}&customattributename=Room")).await.nothing(204);

    assert_eq!(
        uem.put("/api/mdm/devices/999999/customattributes", json!({"CustomAttributes": [set("a", "b")]})).await.error(),
        (404, 5002)
    );
    for path in [&path, &by_serial, &by_asset] {
        assert_eq!(uem.put(path, json!({"CustomAttributes": []})).await.error().0, 400);
        assert_eq!(uem.put(path, json!({})).await.error().0, 422);
    }
    for path in ["/api/mdm/devices/999999/customattributes", "/api/mdm/devices/serialnumber/none/customattributes"] {
        assert_eq!(delete(path).await.error(), (404, 5002));
    }
    assert_eq!(uem.put("/api/mdm/devices/customattributes", json!([])).await.error().0, 400);
    assert_eq!(uem.get("/api/mdm/devices/customattribute/search?organizationgroupid=9").await.error(), (400, 6));
    let backwards = "/api/mdm/devices/customattribute/changereport?startdate=2026-02-01&enddate=2026-01-01";
    assert_eq!(uem.get(backwards).await.error().0, 400);
    uem.covers(&["mdmv1/DeviceCustomAttributes"]);

    // The group knows what was defined and what is used.
    let create = "/api/system/customattributes/create";
    let new = json!({"Name": "Floor", "ApplicationGroup": "Assets", "ManagedByOrganizationGroupID": "570",
        "Persist": true, "Values": [{"Value": "1"}]});
    assert!(uem.post(create, new.clone()).await.json()["Value"].is_i64());
    assert_eq!(uem.post(create, new).await.error().0, 400, "it exists");
    let known = uem.get("/api/system/customattributes/search?name=flo").await.json();
    assert_eq!(known["CustomAttributes"][0]["ManagedByOrganizationGroupID"], "570");
    assert_eq!(uem.get("/api/system/customattributes/search?organizationgroupid=9").await.error(), (400, 6));
    let of_group = uem.get("/api/system/groups/570/customattributes").await.json();
    let floor = list(&of_group, "CustomAttribute").iter().find(|row| row["Name"] == "Floor").expect("a row");
    assert_eq!(floor["Values"], json!([{"Value": "1"}, {"Value": "5"}]));
    assert_eq!(uem.get("/api/system/groups/9/customattributes").await.error(), (400, 6));
    uem.covers(&["systemv1/CustomAttributes", "systemv1/OrganizationGroupCustomAttributes"]);
}

pub(super) async fn apps_people_certificates_and_groups_of_a_device(uem: &Caller) {
    let device = some(uem, "&platform=Android", |_| true).await;
    let uuid = text(&device, "Uuid");
    let apps = read_both(uem, &device, "apps").await;
    let items = uem.get(&format!("/api/mdm/devices/{uuid}/apps/search")).await.json();
    assert_eq!(
        (&apps["Total"], list(&apps, "DeviceApps").len()),
        (&items["TotalResults"], list(&items, "app_items").len())
    );
    let item = &list(&items, "app_items")[0];
    let bundle = text(item, "bundle_id");
    let found = uem.get(&format!("/api/mdm/devices/{uuid}/apps/search?searchtext={bundle}&pagesize=1")).await.json();
    assert_eq!(found["app_items"][0]["application_uuid"], item["application_uuid"]);
    let close = uem.get(&format!("/api/mdm/devices/{uuid}/apps?bundleid={bundle}")).await.json();
    assert_eq!(close["device_sample_info"]["installed_status"], item["installed_status"]);
    assert_eq!(uem.get(&format!("/api/mdm/devices/{uuid}/apps?bundleid=none")).await.error(), (404, 7000));
    assert_eq!(uem.get(&format!("/api/mdm/devices/{}/apps/search", Uuid::nil())).await.error(), (404, 5061));
    let agents = uem.get(&format!("/api/mdm/devices/{}/adminapps", id(&device))).await.json();
    assert!(!list(&agents, "DeviceAdminApps").is_empty());
    assert_eq!(uem.get("/api/mdm/devices/999999/adminapps").await.error(), (404, 5002));
    let group = &uem.tenant.ready.organization_group.uuid;
    let body = json!({"organization_group_uuid": group, "device_uuids": [uuid, Uuid::nil()]});
    let several = crate::caller::version(uem, 2, Method::POST, "/api/mdm/devices/apps", &body).await.json();
    assert_eq!(list(&several, "Apps").len(), list(&items, "app_items").len());
    let body = json!({"organization_group_uuid": group, "device_uuids": [Uuid::nil()]});
    let none = crate::caller::version(uem, 2, Method::POST, "/api/mdm/devices/apps", &body).await;
    assert_eq!(none.error(), (404, 5061));
    uem.covers(&["mdmv1/Apps", "mdmv1/AppsV1", "mdmv2/AppsV2"]);

    let user = read_both(uem, &device, "user").await;
    assert_eq!(user["DeviceUser"]["UserName"], device["UserName"]);
    uem.covers(&["mdmv1/Users"]);
    let certificates = read_both(uem, &device, "certificates").await;
    assert_eq!(certificates["DeviceCertificates"][0]["Status"], json!("Active"));
    assert!(text(&certificates["DeviceCertificates"][0], "ExpiresOn") > "2026-01-05");
    uem.covers(&["mdmv1/Certificates"]);

    let groups = uem.get(&format!("/api/mdm/devices/{}/smartgroups", id(&device))).await.json();
    let groups = list(&groups, "SmartGroup").len();
    assert!(groups > 0);
    assert_eq!(uem.get("/api/mdm/devices/999999/smartgroups").await.error(), (404, 5002));
    let path = "/api/mdm/devices/smartgroups/device-map-diagnostics";
    let map = uem.post(path, json!({"device_uuids": [uuid]})).await.json();
    let mine = map["device_smartgroup_map"][uuid].as_array().expect("groups").clone();
    assert_eq!(mine.len(), groups);
    assert_eq!(uem.post(path, json!({})).await.error().0, 422);
    let udid = text(&device, "Udid");
    let query = json!({"device_udids": [udid, "none"], "smartgroup_filter_uuids": [mine[0], Uuid::nil()]});
    let found = uem.post("/api/mdm/devices/smartgroups", query).await.json();
    assert_eq!(found[0]["device_membership"], json!([{"DeviceUdid": udid, "SmartGroups": [mine[0]]}]));
    assert_eq!(found[0]["invalid_device_list"], json!(["none"]));
    assert_eq!(found[0]["invalid_smartgroup_list"], json!([Uuid::nil()]));
    let foreign = json!({"device_udids": [udid], "organization_group_uuid": Uuid::nil()});
    assert_eq!(uem.post("/api/mdm/devices/smartgroups", foreign).await.error(), (403, 5142));
    uem.covers(&["mdmv1/DeviceSmartGroups", "mdmv1/DeviceSmartGroupsV1"]);
}

pub(super) async fn the_log_is_filtered_and_a_command_is_a_source_of_it(uem: &Caller) {
    let device = some(uem, "&platform=WinRT", |_| true).await;
    let (number, uuid) = (id(&device), text(&device, "Uuid"));
    uem.post_nothing(&format!("/api/mdm/devices/{number}/commands?command=SyncDevice")).await.nothing(202);
    uem.wait(12 * HOUR).await;
    let log = read_both(uem, &device, "eventlog").await;
    let entries = list(&log, "DeviceEventLogEntries");
    let only = uem.get(&format!("/api/mdm/devices/{number}/eventlog?severity=INFORMATION&pagesize=500")).await.json();
    let informations = entries.iter().filter(|entry| entry["Severity"] == "Information").count();
    assert_eq!(list(&only, "DeviceEventLogEntries").len(), informations);
    uem.get(&format!("/api/mdm/devices/{number}/eventlog?severity=emergency")).await.nothing(204);
    assert_eq!(uem.get(&format!("/api/mdm/devices/{number}/eventlog?severity=loud")).await.error().0, 400);
    uem.covers(&["mdmv1/EventLog"]);

    let requested = entries.iter().find(|entry| entry["Event"] == "SyncDevice Requested").expect("an entry");
    let source = list(requested, "EventDataList")
        .iter()
        .find(|data| data["EventDataType"] == "CommandUuid")
        .map(|data| text(data, "NewValue"))
        .expect("a source");
    let logs = uem.get(&format!("/api/mdm/devices/{uuid}/sources/{source}/logs")).await.json();
    let first = &list(&logs[0], "logs")[0];
    let line = String::from_utf8(STANDARD.decode(text(first, "log_data")).expect("Base64")).expect("a text");
    assert!(line.contains("SyncDevice Requested"), "{line}");
    assert!(logs[0]["total_results"].as_i64() >= Some(2), "what the device answered is there too: {logs}");
    let path = format!("/api/mdm/devices/{uuid}/sources/{}/logs", Uuid::nil());
    assert_eq!(uem.get(&path).await.error(), (404, 404));
    uem.covers(&["mdmv1/DeviceLogV1"]);
}

pub(super) async fn reports_about_devices(uem: &Caller) {
    let phone = some(uem, "&platform=Android", |device| device["Imei"] != "").await;
    let number = id(&phone);
    let sample = json!({"SerialNumber": phone["SerialNumber"], "BatteryLevel": "17", "Docking Station": "D-4"});
    uem.post("/api/mdm/DeviceSamples", sample).await.nothing(202);
    let seen = uem.get(&format!("/api/mdm/devices/{number}")).await.json();
    assert_eq!(seen["BatteryLevel"], "17%");
    let told =
        uem.get(&format!("/api/mdm/devices/customattribute/search?deviceid={number}&source=Device")).await.json();
    assert_eq!(told["Devices"][0]["CustomAttributes"][0]["Value"], "D-4");
    assert_eq!(uem.post("/api/mdm/DeviceSamples", json!({"BatteryLevel": "17"})).await.error().0, 400);
    let wrong = json!({"SerialNumber": phone["SerialNumber"], "BatteryLevel": "full"});
    assert_eq!(uem.post("/api/mdm/DeviceSamples", wrong).await.error().0, 400);
    uem.covers(&["mdmv1/DeviceSamples"]);

    let mail = uem.get("/api/mem/memdevices/search?pagesize=500").await.json();
    let row = list(&mail, "MEMDevices").iter().find(|row| row["MEMDeviceID"] == number).expect("a row");
    let expected = if seen["ComplianceStatus"] == "Compliant" { "Allowed" } else { "Blocked" };
    assert_eq!(row["Status"], expected);
    assert_eq!(uem.get("/api/mem/memdevices/search?organizationgroupid=9").await.error(), (400, 6));
    uem.covers(&["memv1/MEMDevices"]);

    let path = format!("/api/mdm/telecom/devices/usagehistory?searchBy=DeviceId&id={number}");
    let week = uem.get(&path).await.json();
    assert_eq!(week["TotalResults"], 7);
    let by_number = text(&phone, "PhoneNumber").replace('+', "%2B").replace(' ', "%20");
    let same = uem.get(&format!("/api/mdm/telecom/devices/usagehistory?phonenumber={by_number}")).await.json();
    assert_eq!(same["ResultSet"], week["ResultSet"]);
    let day = uem.get("/api/mdm/telecom/devices/bulkusagehistory?date=2026-01-05&pagesize=500").await.json();
    assert!(list(&day, "ResultSet").contains(&week["ResultSet"][6]), "the last day is the same day");
    assert_eq!(uem.get("/api/mdm/telecom/devices/usagehistory?searchBy=Udid&id=none").await.error(), (404, 5002));
    assert_eq!(uem.get("/api/mdm/telecom/devices/bulkusagehistory?organizationgroupid=9").await.error(), (400, 6));
    uem.covers(&["mdmv1/TelecomDevices"]);

    let path = format!("/api/mdm/devices/{}/conditional-access-device-registration-information", text(&phone, "Uuid"));
    assert_eq!(version(uem, Method::GET, &path, 1).await.json()[0]["partner_type"], "Google");
    let two = version(uem, Method::GET, &path, 2).await.json();
    assert_eq!(two["google_registration_information"]["udid"], phone["Udid"]);
    let path = format!("/api/mdm/devices/{}/conditional-access-device-registration-information", Uuid::nil());
    for number in [1, 2] {
        assert_eq!(version(uem, Method::GET, &path, number).await.error(), (404, 5061));
    }
    uem.covers(&[
        "mdmv1/ComplianceConditionalAccessDeviceInformationReportingV1",
        "mdmv2/ComplianceConditionalAccessDeviceInformationReporting",
    ]);

    let group = uem.tenant.ready.organization_group.uuid.to_string();
    let last = uem.get(&format!("/api/mdm/groups/{group}/last-sync")).await.json();
    let newest = uem.get("/api/mdm/devices/search?orderby=lastseen&sortorder=DESC&pagesize=1").await.json();
    assert_eq!(last["last_sync"], newest["Devices"][0]["LastSeen"]);
    let states = uem.get(&format!("/api/mdm/devicestatemetadata/{group}")).await.json();
    let counts = uem.get("/api/mdm/devices/devicecountinfo").await.json();
    assert_eq!(
        states["device_state_metadata"]["enrollment_status"]["Enrolled"],
        counts["EnrollmentStatus"]["Enrolled"]
    );
    for path in [
        "groups/00000000-0000-0000-0000-000000000000/last-sync",
        "devicestatemetadata/00000000-0000-0000-0000-000000000000",
    ] {
        assert_eq!(uem.get(&format!("/api/mdm/{path}")).await.error(), (404, 5177));
    }
    let platforms = uem.get("/api/mdm/baselines/platforms?platformType=WinRT").await.json();
    let releases = uem.get("/api/mdm/baselines/osversions").await.json();
    let path = format!("/api/mdm/baselines/osversions/{}", text(&platforms[0], "uuid"));
    assert_eq!(uem.get(&path).await.json().as_array().map(Vec::len), releases.as_array().map(Vec::len));
    assert!(text(&releases[0], "name").starts_with("Windows 1"));
    assert_eq!(uem.get("/api/mdm/baselines/platforms?platformType=Symbian").await.error().0, 400);
    assert_eq!(uem.get(&format!("/api/mdm/baselines/osversions/{}", Uuid::nil())).await.error().0, 404);
    let nobody = nobody(uem).await;
    assert_eq!(nobody.get(uem, "/api/mdm/baselines/osversions").await.error(), (403, 1011));
    uem.covers(&[
        "mdmv1/OPSDeviceLastSyncDetails",
        "mdmv1/DeviceStateMetadataV1",
        "mdmv1/PlatformsV1",
        "mdmv1/OSVersionsV1",
    ]);
}

pub(super) async fn profiles_and_files_arrive(uem: &Caller) {
    let device = some(uem, "&platform=Apple", |_| true).await;
    let number = id(&device);
    let [by_id, by_serial] = both(&device, "profiles");
    let camera = |answer: &Value| {
        list(answer, "DeviceProfiles").iter().find(|row| row["Name"] == "Camera off").cloned().unwrap_or_default()
    };
    let before = uem.get(&by_id).await.json();
    let groups = uem.get(&format!("/api/mdm/devices/{number}/smartgroups")).await.json();
    let group = &groups["SmartGroup"][0]["SmartGroupId"]["Value"];
    let profile = json!({"General": {"Name": "Camera off", "AssignmentType": "Auto",
        "AssignedSmartGroups": [{"SmartGroupId": group}]}, "Restrictions": {"AllowUseOfCamera": false}});
    let profile = uem.post("/api/mdm/profiles/platforms/apple/create", profile).await.json();
    let profile = profile.as_i64().expect("a bare number");
    let waiting = uem.get(&by_id).await.json();
    assert_eq!(camera(&waiting)["Status"], 1);
    assert_eq!(waiting["Total"].as_u64(), before["Total"].as_u64().map(|total| total + 1));
    uem.wait(48 * HOUR).await;
    let there = read_both(uem, &device, "profiles").await;
    let row = camera(&there);
    assert_eq!(
        (&row["Status"], &row["AssignmentType"], &row["InstalledProfileVersion"]),
        (&json!(3), &json!(1), &json!(1))
    );
    let install = format!("/api/mdm/devices/{number}/commands/installprofile?profileid={profile}");
    uem.post(&install, json!([])).await.nothing(202);
    assert_eq!(camera(&uem.get(&by_serial).await.json())["Status"], 1, "it is installed again");
    let wrong = format!("/api/mdm/devices/{number}/commands/installprofile?profileid=999");
    assert_eq!(uem.post(&wrong, json!([])).await.error().0, 400);
    uem.covers(&["mdmv1/Profiles"]);

    let [by_id, _] = both(&device, "content");
    uem.get(&by_id).await.nothing(204);
    let category = uem.post("/api/mcm/categories", json!({"name": "Manuals", "locationGroupId": 570})).await.json();
    let path = format!(
        "/api/mcm/awcontents?fileName=pump.pdf&categoryId={}&effectiveDate=2026-01-05&locationGroupId=570\
         &locationGroupCode=meridian",
        text(&category, "id")
    );
    let made = crate::caller::read(uem.request(Method::POST, &path).body("%PDF manual")).await;
    assert_eq!(made.status, 202);
    let waiting = uem.get(&by_id).await.json();
    let row = &waiting["DeviceContents"][0];
    assert_eq!(
        (&row["ContentName"], &row["ContentType"], &row["Status"]),
        (&json!("pump.pdf"), &json!("pdf"), &json!("pendinginstall"))
    );
    uem.wait(48 * HOUR).await;
    let there = read_both(uem, &device, "content").await;
    assert_eq!(there["DeviceContents"][0]["Status"], "installed");
    uem.covers(&["mdmv1/Contents"]);
}

pub(super) async fn what_is_registered_has_attributes_too(uem: &Caller) {
    let user = some(uem, "", |_| true).await["UserId"]["Id"]["Value"].clone();
    let record = json!({"FriendlyName": "New phone", "SerialNumber": "SN-77", "AssetNumber": "AST-77",
        "LocationGroupId": 570, "PlatformId": 2, "Ownership": "C"});
    let made = uem.post(&format!("/api/system/users/{user}/registerdevice"), record).await;
    assert_eq!(made.status, 200, "{made:?}");
    let base = "/api/system/users/registereddevices";
    let room =
        |value: &str| json!({"CustomAttributes": [{"ApplicationGroup": "Assets", "Name": "Room", "Value": value}]});
    let known = async || {
        let found = uem.get(&format!("{base}/search?assetnumber=AST-77")).await.json();
        found["RegisteredDeviceInfoList"][0]["CustomAttributes"].clone()
    };
    let mut value = 4;
    for number in ["serialnumber/SN-77", "assetnumber/AST-77"] {
        let (create, update, delete) = (
            format!("{base}/{number}/createcustomattributes"),
            format!("{base}/{number}/updatecustomattributes"),
            format!("{base}/{number}/deletecustomattributes"),
        );
        let answer = uem.post(&create, room("4.11")).await.json();
        assert_eq!((&answer["AcceptedItems"], &answer["FailedItems"]), (&json!(1), &json!(0)));
        assert_eq!(uem.post(&create, room("4.11")).await.error(), (409, 409));
        value += 1;
        uem.post(&update, room(&value.to_string())).await.json();
        assert_eq!(known().await[0]["Value"], value.to_string());
        uem.post(&delete, room("")).await.json();
        assert_eq!(known().await, json!([]));
        let again = uem.post(&delete, room("")).await.json();
        assert_eq!(again["Faults"]["Fault"][0]["ErrorCode"], 404);
        for path in [&create, &update, &delete] {
            assert_eq!(uem.post(path, json!({"CustomAttributes": []})).await.error().0, 400);
            assert_eq!(uem.post(&path.replace("77", "78"), room("1")).await.error(), (400, 6));
        }
    }
    uem.covers(&["systemv1/EnrollmentCustomAttributes"]);
}
