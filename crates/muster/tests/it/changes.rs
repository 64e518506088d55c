//! Changes beside commands and tags, growing by rings, looking and taking back, with the real binary.

use serde_json::json;

use crate::tenant::{Tenant, envelope, stderr, stdout};

/// Name and asset number of a device.
fn record(tenant: &Tenant, serial: &str) -> (String, String) {
    let found = tenant.json(&["devices", "search", "-o", "json"]);
    let row = found.as_array().and_then(|rows| rows.iter().find(|row| row["serial_number"] == serial)).cloned();
    let row = row.expect("a device");
    let text = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
    (text("name"), text("asset_number"))
}

#[test]
fn devices_are_renamed_from_a_file_and_named_as_before() {
    let tenant = Tenant::with_devices(60);
    let serials = tenant.serials(2);
    let before: Vec<_> = serials.iter().map(|serial| record(&tenant, serial).0).collect();
    let file = tenant.home.file("cmdb.csv", format!("SerialNumber;Site\n{};Bonn\n{};Kyoto\n", serials[0], serials[1]));
    let rename = ["devices", "rename", "{Site}-{serial}", "--from-file", &file];
    let plan = tenant.json(&[&rename[..], &["-n", "-o", "json"]].concat());
    assert_eq!(plan["counts"]["allow"], 2, "{plan}");
    let done = tenant.json(&[&rename[..], &["--yes", "-o", "json", "--report", "r.csv"]].concat());
    assert_eq!(done["counts"]["done"], 2, "{done}");
    assert_eq!(record(&tenant, &serials[0]).0, format!("Bonn-{}", serials[0]));
    let report = std::fs::read_to_string(tenant.home.path("r.csv")).expect("is there");
    assert!(
        report.lines().next().is_some_and(|head| head.ends_with("status,reason,class,attempt,command_id,at")),
        "{report}"
    );

    // A report comes back; nothing in it has failed.
    let path = tenant.home.path("r.csv").display().to_string();
    let none =
        tenant.run(&["devices", "command", "SyncDevice", "--from-file", &path, "--only", "failed", "--yes"]).code(2);
    assert!(stderr(&none).contains("no row"), "{}", stderr(&none));

    let job = done["job"].as_str().expect("a job");
    let undo = tenant.json(&["jobs", "undo", job, "--yes", "-o", "json"]);
    assert_eq!(undo["counts"]["done"], 2, "{undo}");
    let after: Vec<_> = serials.iter().map(|serial| record(&tenant, serial).0).collect();
    assert_eq!(before, after);
}

#[test]
fn a_job_grows_by_rings_is_looked_at_and_is_forgotten() {
    let tenant = Tenant::with_devices(60);
    let run = ["devices", "command", "SyncDevice", "--platform", "Apple", "--rings=1,100%", "--soak", "0s"];
    let planned = tenant.run(&[&run[..], &["-n"]].concat()).code(0);
    assert!(stderr(&planned).contains("Nobody watches between the rings (--soak 0s)"), "{}", stderr(&planned));
    let watched = tenant.run(&[&run[..5], &["--rings", "-n"]].concat()).code(0);
    assert!(stderr(&watched).contains("its devices are watched for 15m"), "{}", stderr(&watched));
    let done = tenant.json(&[&run[..], &["--yes", "-o", "json"]].concat());
    let job = done["job"].as_str().expect("a job");
    let shown = tenant.json(&["jobs", "show", job, "-o", "json"]);
    let states: Vec<&str> =
        shown["rings"].as_array().expect("rings").iter().filter_map(|ring| ring["state"].as_str()).collect();
    assert_eq!(states, ["passed", "open"]);
    assert_eq!((&shown["options"]["rings"], &shown["unproven"]), (&json!("1, 100%"), &shown["counts"]["done"]));
    let proofs = tenant.run(&["jobs", "prove", job, "-o", "json"]).code(7);
    let proofs: serde_json::Value = serde_json::from_str(&stdout(&proofs)).expect("JSON");
    assert_eq!(proofs["job"], job);
    let watched = tenant.json(&["jobs", "watch", job, "-o", "json"]);
    assert_eq!(watched["state"], "finished");
    tenant.run(&["jobs", "continue", job, "--yes"]).code(2);
    tenant.run(&["jobs", "undo", job, "--yes"]).code(2);
    let pruned = tenant.json(&["jobs", "prune", "--older-than", "30", "--yes", "-o", "json"]);
    assert_eq!(pruned["jobs"], 0);
    // What caps count is not forgotten because somebody asks for it.
    let policy =
        tenant.home.file("policy.toml", "[[caps]]\nrisk = \"irreversible\"\nwindow = \"1000h\"\ntargets = 5\n");
    for (policy, days, least) in [(None, "1", "30"), (Some(&policy), "41", "42")] {
        let policy = policy.map(|path| ["--policy", path]);
        let args = ["jobs", "prune", "--older-than", days, "--yes", "-o", "json"];
        let error = envelope(&tenant.run(&[policy.as_ref().map_or(&[][..], |flag| flag), &args].concat()).code(2));
        assert!(error["hint"].as_str().is_some_and(|hint| hint.ends_with(&format!("--older-than {least}"))), "{error}");
    }
}

#[test]
fn a_job_that_its_gate_holds_says_what_gets_it_on_and_is_given_up() {
    let tenant = Tenant::serve(&["--devices", "60", "--fault", "fail:status=400,on=writes,count=1"]);
    let run = ["devices", "command", "SyncDevice", "--limit", "12", "--rings=3,100%", "--soak", "0s", "--yes"];
    let held = tenant.run(&[&run[..], &["-o", "json"]].concat()).code(7);
    let held: serde_json::Value = serde_json::from_str(&stdout(&held)).expect("JSON");
    let job = held["job"].as_str().expect("a job");
    let next = json!([format!("muster jobs continue {job}"), format!("muster jobs rollback {job}")]);
    assert_eq!(held["next"], next, "{held}");
    for look in [&["jobs", "show", job][..], &["jobs", "list"]] {
        let said = stderr(&tenant.run(look).code(0));
        assert!(said.contains(&format!("muster jobs continue {job}")) && said.contains("rollback"), "{said}");
        assert!(!said.contains("jobs resume"), "{said}");
    }
    let back = tenant.run(&["jobs", "rollback", job, "--yes"]).code(0);
    assert!(stderr(&back).contains("9 items were cancelled"), "{}", stderr(&back));
    let shown = tenant.json(&["jobs", "show", job, "-o", "json"]);
    assert_eq!((&shown["state"], &shown["counts"]["cancelled"]), (&json!("cancelled"), &json!(9)));
    // There is nothing to give up any more.
    tenant.run(&["jobs", "rollback", job, "--yes"]).code(2);
}

#[test]
fn what_has_no_undo_is_said_before_the_question() {
    let tenant = Tenant::with_devices(60);
    let serial = &tenant.serials(1)[0];
    let asked = tenant.run(&["devices", "message", "hello", "--serial", serial]).code(8);
    assert!(stderr(&asked).contains("no undo: what was said was said"), "{}", stderr(&asked));
    let set =
        tenant.json(&["devices", "set", "--asset-number", "A-{serial}", "--serial", serial, "--yes", "-o", "json"]);
    assert_eq!(set["counts"]["done"], 1, "{set}");
}

#[test]
fn a_plan_says_itself_what_has_no_undo() {
    let tenant = Tenant::with_devices(60);
    let serial = &tenant.serials(1)[0];
    let why = "a device that did DeviceLock cannot be told to take it back";
    let line = format!("1 item has no undo: {why}");
    let previewed = tenant.run(&["devices", "command", "DeviceLock", "--serial", serial, "-n", "-o", "json"]).code(0);
    assert!(stderr(&previewed).contains(&line), "{}", stderr(&previewed));
    let plan: serde_json::Value = serde_json::from_str(&stdout(&previewed)).expect("JSON");
    assert_eq!(plan["no_undo"], json!([{"items": 1, "why": why}]));
    let id = plan["plan"].as_str().expect("a plan");
    let shown = tenant.run(&["plan", "show", id, "-o", "table", "--html", "plan.html"]).code(0);
    assert!(stderr(&shown).contains(&line), "{}", stderr(&shown));
    let page = std::fs::read_to_string(tenant.home.path("plan.html")).expect("a page");
    assert!(page.contains(&line), "{page}");
    // What `jobs undo` puts back is not said to be lost, and is held all the same.
    let held = tenant.run(&["apps", "unassign", "Notepad++", "--group", "All Devices", "-n", "-o", "json"]).code(0);
    let plan: serde_json::Value = serde_json::from_str(&stdout(&held)).expect("JSON");
    assert_eq!((&plan["counts"]["hold"], &plan["no_undo"]), (&json!(1), &json!([])), "{plan}");
    let said = format!("{}{}", stdout(&held), stderr(&held));
    assert!(said.contains("takes something away") && !said.contains("cannot be undone"), "{said}");
}

#[test]
fn what_was_changed_after_a_job_waits_for_somebody_who_looks() {
    let tenant = Tenant::with_devices(60);
    let serial = &tenant.serials(1)[0];
    let was = record(&tenant, serial).0;
    let rename = |name: &str| {
        let done = tenant.json(&["devices", "rename", name, "--serial", serial, "--yes", "-o", "json"]);
        done["job"].as_str().expect("a job").to_owned()
    };
    let first = rename("first");
    let second = rename("second");
    let looked = tenant.json(&["jobs", "undo", &first, "-n", "-o", "json"]);
    let item = &looked["items"][0];
    assert_eq!(item["changes"], json!([format!("name: second → {was}")]), "{looked}");
    let why = item["reason"].as_str().expect("a reason");
    assert!(why.starts_with("changed since: name is second, and the job left first"), "{why}");
    let undone = tenant.run(&["jobs", "undo", &first, "--yes", "-o", "json"]).code(8);
    assert_eq!(record(&tenant, serial).0, "second", "{}", stderr(&undone));
    assert_eq!(tenant.json(&["jobs", "undo", &second, "--yes", "-o", "json"])["counts"]["done"], 1);
    assert_eq!(tenant.json(&["jobs", "undo", &first, "--yes", "-o", "json"])["counts"]["done"], 1);
    assert_eq!(record(&tenant, serial).0, was);
    // A plan to take back is applied later as every other is.
    let third = rename("third");
    let plan = tenant.json(&["jobs", "undo", &third, "-n", "-o", "json"]);
    let plan = plan["plan"].as_str().expect("a plan");
    assert_eq!(tenant.json(&["plan", "apply", plan, "--yes", "-o", "json"])["counts"]["done"], 1);
    assert_eq!(record(&tenant, serial).0, was);
}

#[test]
fn an_update_shows_the_version_that_there_is() {
    let tenant = Tenant::with_devices(60);
    let found = tenant.json(&["devices", "search", "--platform", "Apple", "-o", "json"]);
    let (serial, version) = (&found[0]["serial_number"], &found[0]["os"]);
    let (serial, version) = (serial.as_str().expect("a number"), version.as_str().expect("a version"));
    let plan = tenant.json(&["devices", "update", "99.0", "--serial", serial, "-n", "-o", "json"]);
    assert_eq!(plan["items"][0]["changes"], json!([format!("operating system: {version} → 99.0")]), "{plan}");
}

#[test]
fn users_are_deactivated_and_activated() {
    let tenant = Tenant::with_devices(60);
    let found = tenant.json(&["devices", "search", "-o", "json"]);
    let user = found
        .as_array()
        .and_then(|rows| rows.iter().find_map(|row| row["user"].as_str().filter(|user| !user.is_empty())));
    let user = user.expect("a user").to_owned();
    let off = tenant.json(&["users", "deactivate", &user, "--yes", "-o", "json"]);
    assert_eq!(off["counts"]["done"], 1, "{off}");
    let again = tenant.json(&["users", "deactivate", &user, "--yes", "-o", "json"]);
    assert_eq!(again["items"][0]["reason"], "is so already");
    let job = off["job"].as_str().expect("a job");
    assert_eq!(tenant.json(&["jobs", "undo", job, "--yes", "-o", "json"])["counts"]["done"], 1);
    // A user with devices stays, and the deletion waits for an approval.
    tenant.run(&["users", "delete", &user, "--yes"]).code(8);
}

#[test]
fn what_a_platform_lacks_or_a_device_is_not_ready_for_is_told_in_the_plan_and_is_no_success() {
    let tenant = Tenant::with_devices(60);
    let found = tenant.json(&["devices", "search", "-o", "json"]);
    let of = |platform: &str| {
        let row = found.as_array().into_iter().flatten().find(|row| row["platform"] == platform);
        row.unwrap_or_else(|| panic!("no {platform}"))["device_id"].to_string()
    };
    let (android, mac) = (of("Android"), of("AppleOsX"));
    for wish in [
        &["devices", "command", "RotateFileVaultKey", "--id", &android][..],
        &["devices", "command", "ClearPasscode", "--id", &mac],
        &["devices", "update", "26.2", "--id", &android],
    ] {
        let ran = tenant.run(&[wish, &["--yes", "-o", "json"]].concat()).code(2);
        assert!(stderr(&ran).contains("1 not supported; nothing was sent"), "{wish:?}: {}", stderr(&ran));
        assert!(stdout(&ran).contains("it is for "), "{wish:?}: {}", stdout(&ran));
    }
    assert_eq!(tenant.sent(), 0);

    let delete = ["devices", "delete", "--id", &mac, "--yes", "-o", "json"];
    let refused = tenant.run(&delete).code(8);
    let said = format!("{}{}", stdout(&refused), stderr(&refused));
    assert!(said.contains("is enrolled; wipe or unenrol it first"), "{said}");

    // The app is not assigned to anybody, which one list tells for all devices.
    let left = tenant.run(&["apps", "install", "Google Chrome", "--id", &android, "--yes", "-o", "json"]).code(8);
    assert!(stdout(&left).contains("is not assigned to"), "{}", stdout(&left));
    assert!(stderr(&left).contains("1 left out; nothing was sent"), "{}", stderr(&left));
    assert_eq!(tenant.sent(), 0);
}
