//! The published API: the same operations in its own paths, envelopes and codes.

use std::collections::BTreeSet;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, id, list, version};

const HOUR: Duration = Duration::from_secs(3_600);

pub(crate) async fn the_tenant_tells_its_version_and_its_groups(caller: &Caller) {
    let info = caller.get("/api/system/info").await.json();
    assert!(info["ProductVersion"].is_string() && info["ProductName"].is_string());
    assert!(info.get("BuildNumber").is_none() && info.get("CurrentServerTime").is_none());
    assert_eq!(list(&info["Resources"], "Workspaces")[0]["Name"], "MDM REST API");

    let groups = |query: String| {
        let path = format!("/api/system/groups/search{query}");
        async move { version(caller, 2, Method::GET, &path, &Value::Null).await }
    };
    let exact = groups(format!("?groupid={}", caller.tenant.ready.organization_group.group_id)).await.json();
    assert_eq!(exact["TotalResults"], 1);
    let none = groups("?name=Nowhere".to_owned()).await;
    assert_eq!((none.status, &none.json()["TotalResults"]), (200, &json!(0)), "200 even when empty");
    let groups = groups(String::new()).await.json();
    let rows = list(&groups, "OrganizationGroups");
    assert_eq!(groups["TotalResults"], json!(rows.len()));
    let ready = &caller.tenant.ready.organization_group;
    let root = &rows[0];
    assert_eq!(
        (&root["Id"], &root["LocationGroupType"], &root["LgLevel"]),
        (&json!(ready.id), &json!("Customer"), &json!(0))
    );
    assert_eq!((&root["Devices"], &root["Admins"]), (&json!("200"), &json!("1")), "counters are texts");
    assert!(rows.iter().any(|group| group["LgLevel"] == 2));

    let limits = caller.get("/api/mdm/devices/bulksettings").await.json();
    assert_eq!(limits["EnterpriseWipe"], 10);
}

async fn some(caller: &Caller, criteria: &str) -> Vec<Value> {
    let found = caller.get(&format!("/api/mdm/devices/search?pagesize=500{criteria}")).await.json();
    list(&found, "Devices").clone()
}

pub(crate) async fn devices_are_searched_found_and_edited(caller: &Caller) {
    caller.get("/api/mdm/devices/search?model=Typewriter").await.nothing(204);
    let all = some(caller, "").await;
    assert_eq!(all.len(), 200);
    assert!(all.iter().all(|device| device.get("Tags").is_none()), "only the guide puts tags here");
    let bad = some(caller, "&compliantstatus=false").await;
    assert_eq!(some(caller, "&compliance_status=false").await, bad, "version 2's word for it");
    assert!(!bad.is_empty() && bad.iter().all(|device| device["ComplianceStatus"] == "NonCompliant"));

    let newest = some(caller, "&orderby=lastseen&sortorder=DESC").await;
    let seen: Vec<&str> = newest.iter().map(|device| device["LastSeen"].as_str().expect("a date")).collect();
    assert!(seen.is_sorted_by(|one, next| one >= next));
    let since = some(caller, &format!("&seensince={}", seen[49])).await;
    assert!(since.len() >= 50 && since.len() < 200, "{}", since.len());

    let root = some(caller, &format!("&lgid={}", caller.tenant.ready.organization_group.id)).await;
    assert_eq!(root.len(), 200, "a group holds what is below it");
    let group = all[0]["LocationGroupId"]["Id"]["Value"].as_i64().expect("a group");
    let within = some(caller, &format!("&lgid={group}")).await;
    assert!(!within.is_empty() && within.len() < 200);

    let device = &all[3];
    let path = format!("/api/mdm/devices/{}", id(device));
    let close = caller.get(&path).await.json();
    for (name, value) in device.as_object().expect("a row") {
        assert_eq!(&close[name], value, "a look at one device shows what the search shows: {name}");
    }
    for (by, field) in
        [("Serialnumber", "SerialNumber"), ("udid", "Udid"), ("UUID", "Uuid"), ("Macaddress", "MacAddress")]
    {
        let value = device[field].as_str().expect("a text");
        let found = caller.get(&format!("/api/mdm/devices?searchby={by}&id={value}")).await.json();
        assert_eq!(id(&found), id(device), "{by}");
    }
    let phone = all.iter().find(|device| device["Imei"] != "").expect("a phone");
    let imei = phone["Imei"].as_str().expect("a text");
    assert_eq!(id(&caller.get(&format!("/api/mdm/devices?searchBy=ImeiNumber&Id={imei}")).await.json()), id(phone));
    assert_eq!(caller.get("/api/mdm/devices?searchby=Serialnumber&id=NONE").await.error(), (404, 5002));
    assert_eq!(caller.get("/api/mdm/devices?searchby=Colour&id=red").await.error(), (422, 5003));
    assert_eq!(caller.get("/api/mdm/devices/999999").await.error(), (404, 5002));

    let edit = json!({"AssetNumber": "A-9", "DeviceFriendlyName": "Front desk", "Ownership": "S"});
    caller.put(&path, edit).await.nothing(204);
    let seen = caller.get(&path).await.json();
    assert_eq!(
        (&seen["AssetNumber"], &seen["DeviceFriendlyName"], &seen["Ownership"]),
        (&json!("A-9"), &json!("Front desk"), &json!("S"))
    );
    assert_eq!(caller.put(&path, json!({"Ownership": "Nobody"})).await.error().0, 400);
    assert_eq!(caller.put("/api/mdm/devices/999999", json!({})).await.error(), (404, 5002));
}

async fn enrolled(caller: &Caller, platform: &str) -> Value {
    let devices = some(caller, &format!("&platform={platform}")).await;
    devices.into_iter().find(|device| device["EnrollmentStatus"] == "Enrolled").expect("an enrolled device")
}

pub(crate) async fn a_command_leaves_its_trace_in_the_event_log(caller: &Caller) {
    let device = id(&enrolled(caller, "Apple").await);
    let path = format!("/api/mdm/devices/{device}/commands");
    caller.post_nothing(&format!("{path}?command=softreset")).await.nothing(202);
    let log = caller.get(&format!("/api/mdm/devices/{device}/eventlog?dayrange=1&page=0&pagesize=10")).await.json();
    let entry = &list(&log, "DeviceEventLogEntries")[0];
    assert_eq!(
        (&entry["Event"], &entry["AdminAccount"]),
        (&json!("SoftReset Requested"), &json!(caller.tenant.ready.username))
    );
    assert!(list(entry, "EventDataList").iter().any(|data| data["EventDataType"] == "CommandUuid"));

    for unknown in ["SelfDestruct", "EnableDeviceEncryption", ""] {
        assert_eq!(caller.post_nothing(&format!("{path}?command={unknown}")).await.error(), (422, 422), "{unknown}");
    }
    let nowhere = caller.post_nothing("/api/mdm/devices/999999/commands?command=Lock").await;
    assert_eq!(nowhere.error(), (404, 5002));
    caller.post(&format!("{path}?command=DeviceWipe"), json!({})).await.nothing(202);
    assert_eq!(caller.post_nothing(&format!("{path}?command=Lock")).await.error(), (400, 6213));
    let wiping = caller.get(&format!("/api/mdm/devices/{device}")).await.json();
    assert_eq!(wiping["EnrollmentStatus"], "DeviceWipePending");
    let known = caller.get(&format!("/api/mdm/devices/{device}/eventlog?pagesize=2")).await.json();
    assert_eq!(list(&known, "DeviceEventLogEntries").len(), 2);
    assert_eq!(caller.get("/api/mdm/devices/999999/eventlog").await.error(), (404, 5002));
}

pub(crate) async fn policies_and_their_state_on_a_device(caller: &Caller) {
    let policies = caller.get("/api/mdm/compliancepolicy/search").await.json();
    let rows = list(&policies, "CompliancePolicy");
    assert_eq!(rows.len(), 4);
    for policy in rows {
        let count = |field: &str| policy[field].as_u64().expect("a count");
        assert_eq!(count("AssignedDevices"), count("CompliantDevices") + count("NonCompliantDevices"));
        assert!(count("AssignedDevices") > 0, "{policy}");
    }
    let device = &some(caller, "&compliantstatus=false").await[0];
    let report = caller.get(&format!("/api/mdm/devices/{}/compliance", id(device))).await.json();
    assert_eq!(report["OverallCompliantStatus"], "NonCompliant");
    let states = list(&report, "DeviceCompliance");
    assert_eq!(report["Total"], json!(states.len()));
    assert!(states.iter().any(|state| state["CompliantStatus"] == false && state["CompliancePending"] == false));
    assert_eq!(caller.get("/api/mdm/devices/999999/compliance").await.error(), (404, 5002));
    caller.get("/api/mdm/compliancepolicy/search?organizationgroupid=4711").await.nothing(204);
}

pub(crate) async fn tags_are_made_put_on_and_taken_off(caller: &Caller) {
    caller.get("/api/mdm/tags/search?name=Nonesuch").await.nothing(204);
    let group = caller.tenant.ready.organization_group.id;
    let new = json!({"TagName": "Loan pool", "TagType": 1, "TagAvatar": "", "LocationGroupID": group});
    let tag = caller.post("/api/mdm/tags/addtag", new.clone()).await.json()["Value"].as_i64().expect("an id");
    assert_eq!(caller.post("/api/mdm/tags/addtag", new).await.error().0, 400);
    let elsewhere = json!({"TagName": "Other", "TagType": 1, "LocationGroupId": 4711});
    assert_eq!(caller.post("/api/mdm/tags/addtag", elsewhere).await.error(), (400, 6));
    let found = caller.get(&format!("/api/mdm/tags/search?name=loan%20pool&organizationgroupid={group}")).await.json();
    assert_eq!((id(&found["Tags"][0]), &found["Tags"][0]["TagName"]), (tag, &json!("Loan pool")));

    let device = enrolled(caller, "WinRT").await;
    let body = json!({"BulkValues": {"Value": [id(&device).to_string(), 999_999]}});
    let path = format!("/api/mdm/tags/{tag}/adddevices");
    let first = caller.post(&path, body.clone()).await.json();
    assert_eq!(
        (&first["TotalItems"], &first["AcceptedItems"], &first["FailedItems"]),
        (&json!(2), &json!(1), &json!(1))
    );
    assert_eq!(first["Faults"]["Fault"][0]["ErrorCode"], 404);
    let again = caller.post(&path, body.clone()).await.json();
    assert_eq!((&again["AcceptedItems"], &again["Faults"]["Fault"][0]["ErrorCode"]), (&json!(0), &json!(400)));

    let tags = format!("/api/mdm/devices/{}/tags", device["Uuid"].as_str().expect("a UUID"));
    let names = |answer: Value| {
        list(&answer, "tags")
            .iter()
            .map(|tag| tag["name"].as_str().expect("a name").to_owned())
            .collect::<BTreeSet<_>>()
    };
    assert!(names(caller.get(&tags).await.json()).contains("Loan pool"));
    let off = caller.post(&format!("/api/mdm/tags/{tag}/removedevices"), body).await.json();
    assert_eq!(off["AcceptedItems"], 1);
    assert!(!names(caller.get(&tags).await.json()).contains("Loan pool"));
    assert_eq!(caller.post("/api/mdm/tags/999999/adddevices", json!({})).await.error(), (400, 6));
    let nobody = format!("/api/mdm/devices/{}/tags", uuid::Uuid::nil());
    assert_eq!(caller.get(&nobody).await.error(), (404, 5061));
}

pub(crate) async fn users_are_whole_objects(caller: &Caller) {
    caller.get("/api/system/users/search?username=bob.johnson").await.nothing(204);
    let group = caller.tenant.ready.organization_group.id.to_string();
    let user = json!({
        "UserName": "bob.johnson", "Password": "a", "FirstName": "Bob", "LastName": "Johnson", "Status": true,
        "Email": "bob.johnson@company.com", "SecurityType": 2, "LocationGroupId": group, "Role": "Full Access",
        "Department": "Sales", "ContactNumber": "1", "MobileNumber": "2"
    });
    let made = caller.post("/api/system/users/adduser", user.clone()).await.json();
    let (key, uuid) = (made["Value"].as_i64().expect("an id"), made["uuid"].is_string());
    assert!(uuid);
    assert_eq!(caller.post("/api/system/users/adduser", user.clone()).await.error(), (400, 6));
    let mut nameless = user.clone();
    nameless["UserName"] = json!("other");
    nameless["Password"] = json!("");
    assert_eq!(caller.post("/api/system/users/adduser", nameless).await.error().0, 400, "Basic users need a password");

    let found = caller.get("/api/system/users/search?username=BOB.johnson&status=Active").await.json();
    assert_eq!((id(&found["Users"][0]), &found["Total"]), (key, &json!(1)));
    assert_eq!(found["Users"][0]["LocationGroupId"], json!(group), "a text");

    let path = format!("/api/system/users/{key}");
    let part = json!({"UserName": "bob.johnson", "FirstName": "Bob", "LastName": "Johnson", "Email": "b@company.com"});
    caller.post(&format!("{path}/update"), part).await.nothing(200);
    let seen = caller.get(&path).await.json();
    assert_eq!(
        (&seen["Email"], &seen["Department"]),
        (&json!("b@company.com"), &json!("")),
        "what is absent is emptied"
    );
    assert_eq!((&seen["Status"], &seen["LocationGroupId"]), (&json!(true), &json!(group)));
    assert_eq!(caller.post(&format!("{path}/update"), json!({"UserName": "bob.johnson"})).await.error().0, 400);

    assert_eq!(caller.post_nothing(&format!("{path}/activate")).await.error(), (400, 6));
    caller.post_nothing(&format!("{path}/deactivate")).await.nothing(200);
    assert_eq!(caller.post_nothing(&format!("{path}/deactivate")).await.error(), (400, 6));
    assert_eq!(caller.get(&path).await.json()["Status"], false);
    caller.post_nothing(&format!("{path}/activate")).await.nothing(200);
    for missing in ["activate", "deactivate", "update"] {
        assert_eq!(caller.post(&format!("/api/system/users/999999/{missing}"), user.clone()).await.error(), (404, 404));
    }
    assert_eq!(caller.get("/api/system/users/999999").await.error(), (404, 404));
}

pub(crate) async fn one_user_a_call_joins_a_group(caller: &Caller) {
    caller.get("/api/system/usergroups/search?groupname=Nobody").await.nothing(204);
    let found = caller.get("/api/system/usergroups/search?groupname=Sales%20Team").await.json();
    let group = &list(&found, "UserGroup")[0];
    assert_eq!(group["UserGroupName"], "Sales Team");
    let (key, before) = (group["UserGroupId"].as_i64().expect("an id"), group["UserCount"].as_i64().expect("a count"));
    let body =
        json!({"UserName": "new.one", "Password": "a", "FirstName": "N", "LastName": "O", "Email": "n@o.example"});
    let user = caller.post("/api/system/users/adduser", body).await.json()["Value"].as_i64().expect("an id");
    for _ in 0..2 {
        caller.post_nothing(&format!("/api/system/usergroups/{key}/user/{user}/addusertogroup")).await.nothing(200);
    }
    let members = caller.get(&format!("/api/system/usergroups/{key}/users?pagesize=10000")).await.json();
    assert_eq!(members["Total"], json!(before + 1));
    assert!(list(&members, "EnrollmentUser").iter().any(|member| member["UserName"] == "new.one"));
    let nowhere = caller.post_nothing(&format!("/api/system/usergroups/999999/user/{user}/addusertogroup")).await;
    assert_eq!(nowhere.error(), (400, 17));
    assert_eq!(caller.get("/api/system/usergroups/999999/users").await.error(), (400, 17));
    let nobody = caller.post_nothing(&format!("/api/system/usergroups/{key}/user/999999/addusertogroup")).await;
    assert_eq!(nobody.error(), (404, 404));
}

pub(crate) async fn an_app_is_assigned_and_installed_again(caller: &Caller) {
    caller.get("/api/mam/apps/search?applicationname=Nonesuch").await.nothing(204);
    caller.get("/api/mdm/smartgroups/search?name=Nonesuch").await.nothing(204);
    let found = caller.get("/api/mam/apps/search?applicationname=Acrobat&pagesize=5").await.json();
    let app = &list(&found, "Application")[0];
    assert_eq!((&app["AppType"], &app["Platform"]), (&json!("Internal"), &json!(12)));
    let (key, uuid) = (id(app), app["Uuid"].as_str().expect("a UUID"));
    let groups = caller.get("/api/mdm/smartgroups/search?name=All%20Windows%20Devices").await.json();
    let group = &list(&groups, "SmartGroups")[0];
    let windows = some(caller, "&platform=WinRT").await;
    let enrolled_windows = windows.iter().filter(|device| device["EnrollmentStatus"] == "Enrolled").count();
    assert_eq!(group["Devices"], json!(enrolled_windows), "criteria decide who belongs to a group");

    let path = format!("/api/mam/apps/internal/{key}");
    let device = id(&enrolled(caller, "WinRT").await);
    let target = json!({"DeviceId": device});
    let refused = caller.post(&format!("{path}/install"), target.clone()).await;
    assert_eq!(refused.error().0, 400);
    assert!(refused.text.contains("Application is not assigned to this device."));

    let body = json!({"SmartGroupIds": [group["SmartGroupID"]], "DeploymentParameters": {"PushMode": "Auto"}});
    caller.post(&format!("{path}/assignments"), body.clone()).await.nothing(201);
    let detail = caller.get(&path).await.json();
    assert_eq!(list(&detail, "Assignments").len(), 1);
    assert_eq!((&detail["Platform"], &detail["id"]), (&json!("WinRT"), &json!(key)));
    caller.wait(HOUR).await;
    caller.post(&format!("{path}/install"), target).await.nothing(202);

    let group = caller.tenant.ready.organization_group.uuid;
    let devices = format!("/api/mam/apps/{uuid}/devices");
    let page = caller.get(&format!("{devices}?organizationgroupuuid={group}&page=0&pagesize=500")).await.json();
    assert_eq!(page["TotalResults"], json!(list(&page, "devices").len()));
    assert!(list(&page, "devices").iter().any(|row| row["device_id"] == device));
    assert_eq!(caller.get(&devices).await.error(), (400, 6), "the organization group is required");
    let nobody = format!("/api/mam/apps/{}/devices?organizationgroupuuid={group}", uuid::Uuid::nil());
    assert_eq!(caller.get(&nobody).await.error(), (404, 7000));
    let elsewhere = format!("{devices}?organizationgroupuuid={}", uuid::Uuid::nil());
    assert_eq!(caller.get(&elsewhere).await.error(), (404, 6008));

    // A missing app looks like lost credentials.
    assert_eq!(caller.get("/api/mam/apps/internal/999999").await.error(), (401, 7000));
    assert_eq!(caller.post("/api/mam/apps/internal/999999/assignments", body).await.error(), (401, 7000));
    assert_eq!(caller.post("/api/mam/apps/internal/999999/install", json!({})).await.error(), (401, 7000));
}

pub(crate) async fn an_operation_runs_to_its_end(caller: &Caller) {
    let group = caller.tenant.ready.organization_group.uuid;
    let new = json!({"operation_type": "GroupSync", "organization_group_uuid": group});
    let started = caller.post("/api/system/operations/trigger", new).await;
    assert_eq!(started.status, 202);
    let started = started.json();
    assert_eq!((&started["status"], &started["operation_type"]), (&json!("Pending"), &json!("GroupSync")));
    let path = format!("/api/system/operations/{}", started["uuid"].as_str().expect("a UUID"));
    caller.wait(HOUR).await;
    let ended = caller.get(&path).await.json();
    assert_eq!((&ended["status"], &ended["progress_percentage"]), (&json!("RanToCompletion"), &json!(100)));
    let nobody = format!("/api/system/operations/{}", uuid::Uuid::nil());
    assert_eq!(caller.get(&nobody).await.error(), (404, 404));
    for bad in
        [json!({"operation_type": "Magic", "organization_group_uuid": group}), json!({"operation_type": "GroupSync"})]
    {
        assert!([400, 422].contains(&caller.post("/api/system/operations/trigger", bad).await.error().0));
    }
}
