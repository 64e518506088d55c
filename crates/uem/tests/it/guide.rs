//! The guide's scripts, call by call: method, path, parameters, body, and the fields that they read.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::{Value, json};

use crate::caller::{Answer, Caller, id, list};

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3_600);

pub(crate) async fn the_connectivity_test(caller: &Caller) {
    let info = caller.get("/API/v1/system/info").await.json();
    assert!(info["ProductVersion"].as_str().expect("a version").split('.').count() >= 3);
    assert!(!info["BuildNumber"].as_str().expect("a build").is_empty());
    let time = info["CurrentServerTime"].as_str().expect("a time");
    assert_eq!(time.parse::<muster_model::Stamp>().expect("a date").0.as_second(), caller.tenant.now().as_second());

    let found = caller.get("/API/v1/devices/search?pagesize=10").await.json();
    assert_eq!((&found["Total"], list(&found, "Devices").len()), (&json!(200), 10));
    assert!(!found["Devices"][0]["DeviceFriendlyName"].as_str().expect("a name").is_empty());
}

/// All pages, as the guide's loop reads them: until one is not full.
async fn all_devices(caller: &Caller, criteria: &str, size: usize) -> Vec<Value> {
    let mut all = Vec::new();
    for page in 0.. {
        let found = caller.get(&format!("/API/v1/devices/search?pagesize={size}{criteria}&page={page}")).await.json();
        assert_eq!((&found["Page"], &found["PageSize"]), (&json!(page), &json!(size)));
        let count = list(&found, "Devices").len();
        all.extend(list(&found, "Devices").iter().cloned());
        if count < size {
            assert_eq!(found["Total"], json!(all.len()));
            break;
        }
    }
    assert_eq!(all.iter().map(id).collect::<BTreeSet<_>>().len(), all.len(), "a device came twice");
    all
}

pub(crate) async fn devices_are_found_by_criteria(caller: &Caller) {
    let all = all_devices(caller, "", 30).await;
    assert_eq!(all.len(), 200);
    assert!(all.iter().map(id).is_sorted());

    let mut by_platform = BTreeMap::new();
    for device in &all {
        *by_platform.entry(device["Platform"].as_str().expect("a platform")).or_insert(0_usize) += 1;
    }
    for (platform, &count) in &by_platform {
        let found = all_devices(caller, &format!("&platform={}", platform.to_lowercase()), 30).await;
        assert_eq!(found.len(), count, "{platform}");
        assert!(found.iter().all(|device| device["Platform"] == *platform));
    }
    assert!(["Apple", "AppleOsX", "Android", "WinRT"].iter().all(|platform| by_platform.contains_key(platform)));

    let phones = all_devices(caller, "&model=iphone", 500).await;
    assert!(
        !phones.is_empty() && phones.iter().all(|device| device["Model"].as_str().expect("a model").contains("iPhone"))
    );
    for (word, letter) in [("C", "C"), ("CorporateDedicated", "C"), ("E", "E"), ("shared", "S")] {
        let owned = all_devices(caller, &format!("&ownership={word}"), 500).await;
        assert!(!owned.is_empty() && owned.iter().all(|device| device["Ownership"] == letter), "{word}");
    }
    let user = phones[0]["UserName"].as_str().expect("a user");
    let of_user = all_devices(caller, &format!("&user={user}&platform=Apple"), 500).await;
    assert!(of_user.iter().any(|device| id(device) == id(&phones[0])));

    let nothing = caller.get("/API/v1/devices/search?model=Typewriter&platform=").await.json();
    assert_eq!((list(&nothing, "Devices").len(), &nothing["Total"]), (0, &json!(0)));
    for bad in ["platform=Symbian", "ownership=Mine", "compliantstatus=maybe", "seensince=once", "lgid=4711"] {
        let refused = caller.get(&format!("/API/v1/devices/search?{bad}")).await;
        assert_eq!(refused.error().0, 400, "{bad}");
    }
    assert_eq!(caller.get("/API/v1/devices/search?platform=Symbian").await.error(), (400, 422));
}

pub(crate) async fn big_pages_are_cut_where_they_say(caller: &Caller) {
    let found = caller.get("/API/v1/devices/search?pagesize=999999").await.json();
    assert_eq!((&found["PageSize"], list(&found, "Devices").len()), (&json!(10_000), 200));
    let past = caller.get("/API/v1/devices/search?pagesize=500&page=7").await.json();
    assert_eq!((list(&past, "Devices").len(), &past["Total"]), (0, &json!(200)));
}

/// The first devices of a platform that accept commands.
async fn enrolled(caller: &Caller, platform: &str, count: usize) -> Vec<Value> {
    let devices = all_devices(caller, &format!("&platform={platform}"), 500).await;
    let enrolled = devices.into_iter().filter(|device| device["EnrollmentStatus"] == "Enrolled");
    let some: Vec<Value> = enrolled.take(count).collect();
    assert_eq!(some.len(), count, "{platform}");
    some
}

pub(crate) async fn a_command_is_queued_carried_out_and_told(caller: &Caller) {
    for device in enrolled(caller, "WinRT", 5).await {
        let path = format!("/API/v1/devices/{}/commands", id(&device));
        let sent = caller.post(&path, json!({"Command": "SyncDevice"})).await;
        assert_eq!(sent.status, 200);
        let uuid = sent.json()["CommandUuid"].as_str().expect("a UUID").to_owned();

        let history = caller.get(&path).await.json();
        let newest = &history["Commands"][0];
        assert_eq!((&newest["CommandUuid"], &newest["Command"]), (&json!(uuid), &json!("SyncDevice")));
        assert_eq!(
            (&newest["Status"], &newest["RequestedBy"]),
            (&json!("Queued"), &json!(caller.tenant.ready.username))
        );
    }
    caller.wait(HOUR * 72).await;
    let first = id(&enrolled(caller, "WinRT", 1).await[0]);
    let history = caller.get(&format!("/API/v1/devices/{first}/commands")).await.json();
    assert_ne!(history["Commands"][0]["Status"], "Queued", "{history}");

    let effects = caller.tenant.effects().await.expect("reads");
    assert_eq!(effects.len(), 5);
    assert!(effects.iter().all(|effect| effect.command == "SyncDevice" && effect.count == 1));
}

pub(crate) async fn every_command_is_accepted_in_the_guides_words(caller: &Caller) {
    let device = id(&enrolled(caller, "Apple", 1).await[0]);
    let path = format!("/API/v1/devices/{device}/commands");
    let wipes = |command: &muster_model::commands::Command| {
        matches!(command.as_str(), "EnterpriseWipe" | "DeviceWipe" | "InstallApplication")
    };
    for command in muster_model::commands::Command::all().filter(|command| !wipes(command)) {
        let sent = caller.post(&path, json!({"Command": command.as_str(), "Reason": "a story"})).await;
        assert!(sent.json()["CommandUuid"].is_string(), "{command}");
    }
    assert_eq!(caller.post(&path, json!({"Command": "SelfDestruct"})).await.error(), (422, 422));
    assert_eq!(caller.post(&path, json!({})).await.error(), (422, 422));
    assert_eq!(caller.post(&path, json!({"Command": "InstallApplication"})).await.error().0, 400);
    let nowhere = caller.post("/API/v1/devices/999999/commands", json!({"Command": "SyncDevice"})).await;
    assert_eq!(nowhere.error(), (404, 5002));
}

pub(crate) async fn a_wiped_device_is_pending_at_once_and_takes_no_more_commands(caller: &Caller) {
    let device = id(&enrolled(caller, "Android", 1).await[0]);
    let path = format!("/API/v1/devices/{device}/commands");
    caller.post(&path, json!({"Command": "EnterpriseWipe"})).await.json();
    let seen = caller.get(&format!("/API/v1/devices/{device}")).await.json();
    assert_eq!(seen["EnrollmentStatus"], "EnterpriseWipePending");
    assert_eq!(caller.post(&path, json!({"Command": "EnterpriseWipe"})).await.error(), (400, 6213));
    caller.wait(HOUR * 24).await;
    let seen = caller.get(&format!("/API/v1/devices/{device}")).await.json();
    assert!(["Unenrolled", "EnterpriseWipePending"].contains(&seen["EnrollmentStatus"].as_str().expect("a status")));
}

async fn tags(caller: &Caller, device: i64) -> Vec<String> {
    let seen = caller.get(&format!("/API/v1/devices/{device}")).await.json();
    list(&seen, "Tags").iter().map(|tag| tag.as_str().expect("a name").to_owned()).collect()
}

pub(crate) async fn tags_replace_the_set_in_every_shape_that_powershell_sends(caller: &Caller) {
    let device = id(&enrolled(caller, "WinRT", 1).await[0]);
    let path = format!("/API/v1/devices/{device}");
    caller.put(&path, json!({"Tags": ["BulkManaged", "APIControlled"]})).await.nothing(200);
    assert_eq!(tags(caller, device).await, ["APIControlled", "BulkManaged"]);
    caller.put(&path, json!({"Tags": ["bulkmanaged", "New"]})).await.nothing(200);
    assert_eq!(tags(caller, device).await, ["BulkManaged", "New"], "the spelling of a tag is that of its first use");
    caller.put(&path, json!({"Tags": "Alone"})).await.nothing(200);
    assert_eq!(tags(caller, device).await, ["Alone"]);
    caller.put(&path, json!({"DeviceFriendlyName": "Reception", "AssetNumber": "A-1"})).await.nothing(200);
    assert_eq!(tags(caller, device).await, ["Alone"], "who does not name tags keeps them");
    let seen = caller.get(&path).await.json();
    assert_eq!((&seen["DeviceFriendlyName"], &seen["AssetNumber"]), (&json!("Reception"), &json!("A-1")));
    caller.put(&path, json!({"Tags": null})).await.nothing(200);
    assert_eq!(tags(caller, device).await, Vec::<String>::new());
    caller.put(&path, json!({"Tags": []})).await.nothing(200);

    assert_eq!(caller.put(&path, json!({"Tags": [""]})).await.error().0, 400);
    assert_eq!(caller.put(&path, json!({"Tags": [1]})).await.error(), (422, 1012));
    assert_eq!(caller.put("/API/v1/devices/999999", json!({"Tags": ["x"]})).await.error(), (404, 5002));
    assert_eq!(caller.get("/API/v1/devices/999999").await.error(), (404, 5002));
}

async fn noncompliant(caller: &Caller) -> Vec<Value> {
    let found = caller.get("/API/v1/devices/compliance/noncompliant").await.json();
    assert_eq!(found["Total"], json!(list(&found, "Devices").len()), "without a page everything comes");
    list(&found, "Devices").clone()
}

pub(crate) async fn what_breaks_a_policy_is_found_and_mended(caller: &Caller) {
    let before = noncompliant(caller).await;
    assert!(!before.is_empty());
    let mut rules_seen = BTreeSet::new();
    for device in &before {
        assert_eq!(device["ComplianceStatus"], "NonCompliant");
        for field in ["DeviceFriendlyName", "Platform", "Model", "OperatingSystem", "LastSeen"] {
            assert!(!device[field].as_str().expect("a text").is_empty(), "{field} of {device}");
        }
        let details = caller.get(&format!("/API/v1/devices/{}/compliance", id(device))).await.json();
        let rules = list(&details["ComplianceStatus"], "ComplianceRules");
        let broken: Vec<&Value> = rules.iter().filter(|rule| rule["IsCompliant"] == false).collect();
        assert!(!broken.is_empty(), "{details}");
        for rule in broken {
            let name = rule["RuleName"].as_str().expect("a rule");
            rules_seen.insert(name.to_owned());
            let command = match name {
                "Device Encryption" => "EnableDeviceEncryption",
                "Passcode Policy" => "ClearPasscode",
                "OS Version" => "InstallOSUpdate",
                // The guide wipes here; this story does not.
                _ => "SyncDevice",
            };
            let path = format!("/API/v1/devices/{}/commands", id(device));
            let sent = caller.post(&path, json!({ "Command": command })).await;
            let refused = device["EnrollmentStatus"] != "Enrolled";
            assert!(if refused { sent.error() == (400, 6213) } else { sent.json()["CommandUuid"].is_string() });
        }
    }
    let known = ["Device Encryption", "Passcode Policy", "OS Version", "Jailbreak/Root Detection"];
    assert!(rules_seen.iter().all(|rule| known.contains(&rule.as_str())), "{rules_seen:?}");
    for _ in 0..8 {
        caller.wait(HOUR * 6).await;
    }
    let after = noncompliant(caller).await;
    assert!(after.len() * 2 < before.len(), "{} were out of compliance, {} still are", before.len(), after.len());

    let page = caller.get("/API/v1/devices/compliance/noncompliant?pagesize=1&page=0").await.json();
    assert_eq!(list(&page, "Devices").len(), 1.min(after.len()));
    assert_eq!(caller.get("/API/v1/devices/999999/compliance").await.error(), (404, 5002));
}

fn new_user(name: &str) -> Value {
    json!({
        "Username": name, "FirstName": "John", "LastName": "Doe", "Email": format!("{name}@company.com"),
        "Password": "TempPassword123!", "SecurityType": "Directory", "Status": "Active",
        "Department": "IT", "Title": "System Administrator", "PhoneNumber": "+49 30 1", "MobileNumber": "+49 170 1"
    })
}

async fn user(caller: &Caller, name: &str) -> Value {
    let found = caller.get(&format!("/API/v1/users/search?username={name}")).await.json();
    list(&found, "Users").first().cloned().unwrap_or(Value::Null)
}

pub(crate) async fn users_are_provisioned_and_join_their_groups(caller: &Caller) {
    assert_eq!(user(caller, "john.doe").await, Value::Null);
    let made = caller.post("/API/v1/users", new_user("john.doe")).await;
    assert_eq!(made.status, 200);
    let id_made = made.json()["Value"].as_i64().expect("an id");
    // A longer name that holds the shorter one must not hide it from a script that takes the first hit.
    caller.post("/API/v1/users", new_user("a.john.doe")).await.json();

    let seen = user(caller, "John.Doe").await;
    assert_eq!((id(&seen), &seen["UserName"], &seen["Status"]), (id_made, &json!("john.doe"), &json!(true)));
    assert_eq!((&seen["Title"], &seen["ContactNumber"]), (&json!("System Administrator"), &json!("+49 30 1")));
    assert!(seen.get("Password").is_none());

    let mut changed = new_user("john.doe");
    changed["Title"] = json!("Head of IT");
    changed["Status"] = json!("Inactive");
    let path = format!("/API/v1/users/{id_made}");
    caller.put(&path, changed).await.nothing(200);
    let seen = caller.get(&path).await.json();
    assert_eq!(
        (&seen["Title"], &seen["Status"], &seen["Department"]),
        (&json!("Head of IT"), &json!(false), &json!("IT"))
    );
    caller.put(&path, json!({"LastName": "M\u{fc}ller"})).await.nothing(200);
    let seen = caller.get(&path).await.json();
    assert_eq!(
        (&seen["LastName"], &seen["FirstName"]),
        (&json!("M\u{fc}ller"), &json!("John")),
        "what is absent stays"
    );

    for name in ["IT Admins", "HR Team", "Sales Team", "All Users"] {
        let found = caller.get(&format!("/API/v1/usergroups/search?name={name}")).await.json();
        let group = &list(&found, "UserGroups")[0];
        assert_eq!(group["Name"], name);
        let path = format!("/API/v1/usergroups/{}/users", id(group));
        for _ in 0..2 {
            let body = json!({"Users": [{"Id": {"Value": id_made}}]});
            caller.post(&path, body).await.nothing(200);
        }
        let members = caller.get(&path).await.json();
        let times = list(&members, "Users").iter().filter(|member| id(member) == id_made).count();
        assert_eq!(times, 1, "{name}");
        assert_eq!(members["Total"], json!(group["UserCount"].as_u64().expect("a count") + 1));
    }
    let none = caller.get("/API/v1/usergroups/search?name=Nobody").await.json();
    assert_eq!(list(&none, "UserGroups").len(), 0);
}

pub(crate) async fn bad_users_are_refused_with_a_reason(caller: &Caller) {
    caller.post("/API/v1/users", new_user("jane.smith")).await.json();
    assert_eq!(caller.post("/API/v1/users", new_user("JANE.SMITH")).await.error(), (400, 6));
    for (field, value) in [
        ("Username", json!("")),
        ("FirstName", Value::Null),
        ("Email", json!("nowhere")),
        ("SecurityType", json!("Magic")),
        ("Status", json!("Perhaps")),
    ] {
        let mut user = new_user("someone.new");
        user[field] = value;
        let refused = caller.post("/API/v1/users", user).await;
        assert!([400, 422].contains(&refused.error().0), "{field}: {refused:?}");
    }
    assert_eq!(caller.put("/API/v1/users/999999", new_user("x")).await.error(), (404, 404));
    assert_eq!(caller.get("/API/v1/users/999999").await.error(), (404, 404));
    let member = json!({"Users": [{"Id": {"Value": 999_999}}]});
    assert_eq!(caller.post("/API/v1/usergroups/999999/users", member.clone()).await.error(), (400, 17));
    let group = caller.get("/API/v1/usergroups/search?name=All%20Users").await.json();
    let path = format!("/API/v1/usergroups/{}/users", id(&group["UserGroups"][0]));
    assert_eq!(caller.post(&path, member).await.error(), (404, 404));
    assert_eq!(caller.post(&path, json!({"Users": []})).await.error().0, 400);
}

/// The body that the guide's script assigns with.
fn assignment(groups: &[i64]) -> Value {
    json!({
        "SmartGroupIds": groups,
        "DeploymentParameters": {
            "AssignmentType": "Auto", "PushMode": "Auto",
            "WhenToInstall": {"DiskSpaceRequiredInKb": 0, "DeviceConnectivity": "OnlineAndOffline", "RamRequiredInMb": 0},
            "WhenToCallInstallComplete": {"UseAdditionalCriteria": false},
            "InstallContext": "Device", "EncodedFileSize": 0
        }
    })
}

async fn states(caller: &Caller, app: i64) -> BTreeMap<String, Vec<i64>> {
    let answer = caller.get(&format!("/API/v1/apps/{app}/devices")).await.json();
    assert_eq!(answer["Total"], json!(list(&answer, "DeviceApps").len()));
    let mut states: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for row in list(&answer, "DeviceApps") {
        let device = row["DeviceId"].as_i64().expect("a bare id");
        states.entry(row["Status"].as_str().expect("a status").to_owned()).or_default().push(device);
    }
    states
}

pub(crate) async fn apps_are_deployed_watched_and_tried_again(caller: &Caller) {
    let mut retried = 0;
    for (name, smart_group) in [
        ("Microsoft Office 365", "All Windows Devices"),
        ("Adobe Acrobat Reader DC", "All Windows Devices"),
        ("Google Chrome", "All Devices"),
    ] {
        let found = caller.get(&format!("/API/v1/apps/search?applicationname={name}")).await.json();
        let app = &list(&found, "Applications")[0];
        assert_eq!(app["ApplicationName"], name);
        let app = id(app);
        let found = caller.get(&format!("/API/v1/smartgroups/search?name={smart_group}")).await.json();
        let group = &list(&found, "SmartGroups")[0];
        assert_eq!(group["Name"], smart_group);
        assert!(group["Devices"].as_u64().expect("a count") > 0);
        let group = group["SmartGroupId"].as_i64().expect("a bare id");

        let path = format!("/API/v1/apps/{app}/assignments");
        let operation = caller.post(&path, assignment(&[group])).await.json()["OperationId"].clone();
        let status = format!("/API/v1/operations/{}/status", operation.as_str().expect("an id"));
        let state = caller.get(&status).await.json();
        assert_eq!((&state["Status"], &state["Progress"]), (&json!("Pending"), &json!(0)));
        caller.wait(MINUTE * 5).await;
        let state = caller.get(&status).await.json();
        assert_eq!((&state["Status"], &state["Progress"]), (&json!("Completed"), &json!(100)));

        // Once more changes nothing: the app has one assignment to the group.
        caller.post(&path, assignment(&[group])).await.json();
        let assigned = caller.get(&path).await.json();
        let times = list(&assigned, "Assignments").iter().filter(|row| row["SmartGroupId"] == group).count();
        assert_eq!(times, 1);

        for _ in 0..6 {
            caller.wait(HOUR * 4).await;
        }
        let before = states(caller, app).await;
        assert!(before.contains_key("Installed"), "{name}: {before:?}");
        for device in before.get("Failed").into_iter().flatten() {
            let body = json!({"Command": "InstallApplication", "ApplicationId": app});
            let sent = caller.post(&format!("/API/v1/devices/{device}/commands"), body).await;
            assert!(sent.json()["CommandUuid"].is_string());
            retried += 1;
        }
        let asked = states(caller, app).await;
        assert!(!asked.contains_key("Failed"), "who was asked again is pending: {asked:?}");
        caller.wait(HOUR * 24).await;
        let after = states(caller, app).await;
        let count = |states: &BTreeMap<String, Vec<i64>>| states.get("Installed").map_or(0, Vec::len);
        assert!(count(&after) >= count(&before), "{name}");
    }
    assert!(retried > 0, "no install failed: this seed tells nothing about retries");
}

pub(crate) async fn bad_deployments_are_refused_with_a_reason(caller: &Caller) {
    let found = caller.get("/API/v1/apps/search?applicationname=Adobe").await.json();
    let app = id(&found["Applications"][0]);
    let path = format!("/API/v1/apps/{app}/assignments");
    assert_eq!(caller.post(&path, assignment(&[999_999])).await.error(), (400, 6));
    assert_eq!(caller.post(&path, assignment(&[])).await.error().0, 400);
    let mut odd = assignment(&[1]);
    odd["DeploymentParameters"]["PushMode"] = json!("Sometimes");
    assert_eq!(caller.post(&path, odd).await.error().0, 400);
    assert_eq!(caller.post("/API/v1/apps/999999/assignments", assignment(&[1])).await.error(), (404, 7000));
    assert_eq!(caller.get("/API/v1/apps/999999/devices").await.error(), (404, 7000));
    assert_eq!(caller.get("/API/v1/apps/999999/assignments").await.error(), (404, 7000));
    for id in ["00000000-0000-0000-0000-000000000000", "none"] {
        assert_eq!(caller.get(&format!("/API/v1/operations/{id}/status")).await.error(), (404, 404));
    }
    let device = crate::caller::id(&enrolled(caller, "Apple", 1).await[0]);
    let install = json!({"Command": "InstallApplication", "ApplicationId": app});
    let refused: Answer = caller.post(&format!("/API/v1/devices/{device}/commands"), install).await;
    assert_eq!(refused.error().0, 400);
    assert!(refused.text.contains("not assigned"));

    for (path, key) in
        [("apps/search?applicationname=Nonesuch", "Applications"), ("smartgroups/search?name=Nonesuch", "SmartGroups")]
    {
        let none = caller.get(&format!("/API/v1/{path}")).await.json();
        assert_eq!((list(&none, key).len(), &none["Total"]), (0, &json!(0)), "{path}");
    }
}
