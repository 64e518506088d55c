//! `muster api` against a served UEM.

use serde_json::{Value, json};

use crate::tenant::{Home, Tenant, json as json_of, stderr, stdout};

#[test]
fn the_catalogue_is_listed_and_shown_without_a_tenant() {
    let home = Home::new();
    let list = |args: &[&str]| {
        let args = [&["api", "list", "-o", "json"], args].concat();
        json_of(&home.run(&args).success()).as_array().expect("rows").clone()
    };
    assert_eq!(list(&["--dialect", "published"]).len(), 979);
    let bulk = list(&["--text", "devices/bulk", "--effect", "destroy"]);
    assert!(bulk.iter().any(|row| row["operation"] == "mdmv1/Devices_BulkDeleteDevicesAsync"), "{bulk:?}");
    assert!(list(&["--effect", "read", "--area", "Tags"]).iter().all(|row| row["effect"] == "read"));

    let shown = json_of(&home.run(&["api", "show", "mdmv1/CommandsV1_ExecuteAsync", "-o", "json"]).success());
    assert_eq!(
        (&shown["method"], &shown["effect"], &shown["effect_decided_by"]),
        (&json!("POST"), &json!("destroy"), &json!("query.command"))
    );
    let tag = json_of(&home.run(&["api", "show", "tags.add", "-o", "json"]).success());
    assert!(tag["body"]["members"].as_array().expect("members").iter().any(|member| member["name"] == "TagName"));
    let text = stdout(&home.run(&["api", "show", "devices.search", "-o", "table"]).success());
    assert!(text.contains("pages  by page and pagesize") && text.contains("muster api call mdmv1/Devices_SearchAsync"));

    let unknown = home.run(&["api", "show", "Tags_AdTag"]).code(2);
    assert!(stderr(&unknown).contains("did you mean: mdmv1/Tags_AddTag"), "{}", stderr(&unknown));
}

#[test]
fn what_does_not_fit_is_said_before_anybody_connects() {
    let home = Home::new();
    for (args, says) in [
        (&["api", "call", "devices.search", "-f", "pagesise=1"][..], "no parameter `pagesise`"),
        (&["api", "call", "devices.search", "-f", "pagesize=ten"], "pagesize must be a whole number"),
        (&["api", "GET", "/mdm/devices/seven"], "the documents know no GET /mdm/devices/seven"),
        (&["api", "call", "tags.add", "--body", "{\"TagNam\":1}"], "no member `TagNam`"),
        (&["api", "call", "tags.add", "--body", "{"], "not JSON"),
        (&["api", "GET", "/mdm/tags/search", "--jq", ".["], "no jq expression"),
        (&["api", "GET", "https://elsewhere.example/mdm/tags/search"], "a path begins behind the host"),
        (&["api", "call", "users.add", "--secret", "Password=hunter2"], "as a reference"),
    ] {
        let refused = home.run(args).code(2);
        let text = stderr(&refused);
        assert!(text.contains(says) && !text.contains("hunter2"), "{args:?}: {text}");
    }
}

#[test]
fn reads_run_in_every_area_and_every_form() {
    let tenant = Tenant::with_devices(60);
    let page = tenant.json(&["api", "GET", "/mdm/devices/search", "-f", "pagesize=10"]);
    assert_eq!((page["Devices"].as_array().map(Vec::len), &page["Total"]), (Some(10), &json!(60)));
    let all = tenant.json(&["api", "GET", "/mdm/devices/search?pagesize=7", "--all"]);
    assert_eq!(all.as_array().map(Vec::len), Some(60));
    let guide = tenant.json(&["api", "GET", "/API/v1/devices/search", "--all", "--limit", "5"]);
    assert_eq!(guide.as_array().map(Vec::len), Some(5));
    let serials =
        stdout(&tenant.run(&["api", "GET", "/mdm/devices/search", "--jq", ".Devices[].SerialNumber"]).success());
    assert_eq!(serials.lines().count(), 60);
    assert!(!serials.contains('"'), "texts stand without quotes");
    let csv = stdout(&tenant.run(&["api", "call", "devices.search", "--all", "-o", "csv"]).success());
    assert_eq!(csv.lines().count(), 61);
    let counted = tenant.run(&["api", "GET", "/mdm/tags/search", "-v", "-o", "json"]).success();
    assert!(stderr(&counted).contains("call"), "{}", stderr(&counted));

    let device = page["Devices"][0]["Id"]["Value"].to_string();
    let group =
        tenant.json(&["api", "GET", "/system/groups/search", "--api-version", "2"])["OrganizationGroups"][0].clone();
    let group_uuid = group["Uuid"].as_str().expect("a UUID").to_owned();
    for path in [
        "/system/info".to_owned(),
        format!("/mdm/devices/{device}"),
        format!("/mdm/devices/{device}/apps"),
        format!("/mdm/devices/{device}/profiles"),
        format!("/mdm/devices/{device}/security"),
        "/mdm/compliancepolicy/search".to_owned(),
        "/mdm/smartgroups/search".to_owned(),
        "/mdm/profiles/search".to_owned(),
        "/mdm/products/search".to_owned(),
        "/mam/apps/search".to_owned(),
        "/mam/apps/purchased/search".to_owned(),
        "/mcm/awcontents".to_owned(),
        "/system/users/search".to_owned(),
        "/system/usergroups/search".to_owned(),
        "/system/admins/search".to_owned(),
        "/system/eventnotifications/search".to_owned(),
        format!("/mdm/groups/{group_uuid}/scripts?expand=false"),
        format!("/mdm/devicesensors/list/{group_uuid}"),
        format!("/system/groups/{group_uuid}/device-wipes"),
        format!("/mdm/workflows?organization_group_uuid={group_uuid}"),
    ] {
        let args = ["api", "GET", &path, "-o", "json"];
        tenant.run(&args).success();
    }
    let gone = tenant.run(&["api", "GET", "/mdm/devices/999999"]).code(4);
    assert!(stderr(&gone).contains("5002"), "{}", stderr(&gone));
}

#[test]
fn changes_go_through_a_plan_and_what_removes_waits_for_an_approval() {
    let tenant = Tenant::with_devices(10);
    let group =
        tenant.json(&["api", "GET", "/system/groups/search", "--api-version", "2"])["OrganizationGroups"][0]["Id"]
            .clone();
    let body = json!({"TagName": "By the API", "TagType": 1, "LocationGroupId": group}).to_string();
    let preview = tenant.json(&["api", "call", "tags.add", "--body", &body, "--dry-run"]);
    assert!(preview.to_string().contains("/api/mdm/tags/addtag"), "{preview}");
    let search = ["api", "GET", "/mdm/tags/search", "-f", "name=By the API", "-o", "json"];
    assert_eq!(tenant.json(&search), Value::Null, "a preview sends nothing");

    let made = tenant.json(&["api", "call", "tags.add", "--body", &body, "--yes"]);
    assert_eq!((&made["counts"]["done"], &made["items"][0]["status"]), (&json!(1), &json!("done")));
    let tag = made["answer"]["Value"].as_i64().expect("an id");
    assert_eq!(tenant.json(&search)["Tags"][0]["Id"]["Value"], tag);

    let path = format!("/mdm/tags/{tag}");
    let held = tenant.run(&["api", "DELETE", &path, "--yes", "-o", "json"]).code(8);
    let plan = json_of(&held)["plan"].as_str().expect("a plan").to_owned();
    assert_eq!(tenant.json(&search)["Total"], 1, "nothing was removed");
    let key = tenant.home.approver("grace");
    tenant.run(&["approve", &plan, "--confirm", "1", "--key", &key]).success();
    tenant.run(&["plan", "apply", &plan, "--yes"]).success();
    assert_eq!(tenant.json(&search), Value::Null);
}

#[test]
fn a_plan_of_a_call_names_the_device_the_address_and_the_command() {
    let tenant = Tenant::with_devices(10);
    let device = tenant.json(&["api", "GET", "/mdm/devices/search", "-f", "pagesize=1"])["Devices"][0].clone();
    let (id, serial) =
        (device["Id"]["Value"].to_string(), device["SerialNumber"].as_str().expect("a serial").to_owned());
    let path = format!("/mdm/devices/{id}/commands");
    let planned = |command: &str| {
        let command = format!("command={command}");
        let held = tenant.run(&["api", "POST", &path, "-f", &command, "-n", "-o", "json"]).success();
        json_of(&held)["plan"].as_str().expect("a plan").to_owned()
    };
    let (wipe, sync) = (planned("DeviceWipe"), planned("SyncDevice"));
    let address = format!("POST /api/mdm/devices/{id}/commands?command=DeviceWipe");
    let table = stdout(&tenant.run(&["plan", "show", &wipe, "-o", "table"]).success());
    assert!(table.contains(&address) && table.contains(&serial), "{table}");
    let list = stdout(&tenant.run(&["plan", "list", "-o", "table"]).success());
    assert!(list.contains("devices/") && list.contains("command=DeviceWipe"), "{list}");
    let difference = stdout(&tenant.run(&["plan", "diff", &sync, &wipe, "-o", "table"]).success());
    assert!(difference.contains(&address) && difference.contains(&serial), "{difference}");
    let page = tenant.home.path("plan.html");
    tenant.run(&["plan", "show", &wipe, "--html", &page.to_string_lossy()]).success();
    let page = std::fs::read_to_string(page).expect("a page");
    assert!(page.contains("command=DeviceWipe") && page.contains(&serial), "{page}");
}

#[test]
fn a_call_goes_around_no_guard_of_devices() {
    let tenant = Tenant::with_devices(10);
    let device = tenant.json(&["api", "GET", "/mdm/devices/search", "-f", "pagesize=1"])["Devices"][0].clone();
    let id = device["Id"]["Value"].to_string();
    let policy = tenant.home.file("protected.toml", format!("[[protected]]\nname = \"board\"\nids = [{id}]\n"));
    let path = format!("/mdm/devices/{id}/commands");
    let clear = ["--policy", &policy, "api", "POST", &path, "-f", "command=ClearPasscode", "--yes"];
    let refused = tenant.run(&clear).failure();
    assert!(stderr(&refused).contains("protected"), "{}", stderr(&refused));

    let path = format!("/mdm/devices/{id}");
    let held = tenant.run(&["api", "DELETE", &path, "--yes", "-o", "json"]).code(8);
    let plan = json_of(&held)["plan"].as_str().expect("a plan").to_owned();
    let key = tenant.home.approver("grace");
    tenant.run(&["approve", &plan, "--confirm", "1", "--key", &key]).success();
    let applied = tenant.run(&["plan", "apply", &plan, "--yes", "-o", "json"]).failure();
    assert!(stdout(&applied).contains("nothing was sent"), "{}", stdout(&applied));
    tenant.run(&["api", "GET", &path]).success();
    assert!(tenant.ledger().is_empty(), "{:?}", tenant.ledger());
}

#[test]
fn a_secret_is_sent_and_kept_nowhere() {
    let tenant = Tenant::with_devices(5);
    let group =
        tenant.json(&["api", "GET", "/system/groups/search", "--api-version", "2"])["OrganizationGroups"][0]["Id"]
            .clone();
    let user = json!({
        "UserName": "by.api", "FirstName": "B", "LastName": "A", "Email": "b@example.com", "Status": true,
        "SecurityType": 2, "LocationGroupId": group.to_string(), "Role": "Full Access",
    });
    let file = tenant.home.file("user.json", user.to_string());
    let args =
        ["api", "call", "users.add", "--body", &format!("@{file}"), "--secret", "Password=env:NEW", "--yes", "-vv"];
    let mut command = tenant.muster(&args);
    command.env("NEW", "Xyzzy-pl0ver-42");
    let done = assert_cmd::Command::from_std(command).assert().success();
    assert!(!stderr(&done).contains("pl0ver") && !stdout(&done).contains("pl0ver"));
    for entry in std::fs::read_dir(tenant.home.state()).expect("the state").flatten() {
        if entry.path().is_file() {
            let bytes = std::fs::read(entry.path()).expect("a file");
            assert!(!bytes.windows(6).any(|window| window == b"pl0ver"), "{}", entry.path().display());
        }
    }
    let found = tenant.json(&["api", "GET", "/system/users/search", "-f", "username=by.api"]);
    assert_eq!(found["Users"][0]["UserName"], "by.api");
}

#[test]
fn files_are_sent_and_fetched() {
    let tenant = Tenant::with_devices(5);
    let group =
        tenant.json(&["api", "GET", "/system/groups/search", "--api-version", "2"])["OrganizationGroups"][0]["Id"]
            .clone();
    let app = tenant.home.file("app.apk", b"PK an app");
    let upload = tenant.json(&[
        "api",
        "call",
        "mamv1/BlobsV1_UploadBlobAsync",
        "-f",
        "fileName=app.apk",
        "-f",
        &format!("organizationGroupId={group}"),
        "-f",
        "moduleType=Application",
        "--body",
        &format!("@{app}"),
        "--yes",
    ]);
    let blob = format!("blobId={}", upload["answer"]["Value"]);
    let refused = tenant.run(&["api", "call", "mamv1/BlobsV1_DownloadBlobAsync", "-f", &blob]).code(2);
    assert!(stderr(&refused).contains("--out-file"), "{}", stderr(&refused));
    let back = tenant.home.path("back.apk");
    let name = back.to_string_lossy().into_owned();
    tenant.run(&["api", "call", "mamv1/BlobsV1_DownloadBlobAsync", "-f", &blob, "--out-file", &name]).success();
    assert_eq!(std::fs::read(back).expect("the file"), b"PK an app");
}
