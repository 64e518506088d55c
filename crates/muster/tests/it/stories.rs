//! Every command once as it is meant to be used, against a served UEM.

use crate::tenant::{Tenant, json, stderr, stdout};

#[test]
fn devices_are_found_and_shown() {
    let tenant = Tenant::with_devices(60);
    let all = tenant.json(&["devices", "search", "-o", "json"]);
    assert_eq!(all.as_array().map(Vec::len), Some(60));
    let windows = tenant.json(&["devices", "search", "--platform", "WinRT", "-o", "json"]);
    let windows = windows.as_array().expect("a list");
    assert!(!windows.is_empty() && windows.len() < 60);
    assert!(windows.iter().all(|device| device["platform"] == "WinRT"));
    let serial = windows[0]["serial_number"].as_str().expect("a serial number");
    let shown = tenant.json(&["devices", "show", serial, "-o", "json"]);
    assert_eq!(
        (&shown["serial_number"], &shown["device_id"]),
        (&windows[0]["serial_number"], &windows[0]["device_id"])
    );
    assert!(shown["rules"].is_array() && shown["commands"].is_array() && shown["tags"].is_array(), "{shown}");
    let text = stdout(&tenant.run(&["devices", "show", serial, "-o", "table"]).success());
    assert!(text.contains("serial number") && text.contains(serial), "{text}");
}

#[test]
fn a_command_goes_from_plan_to_ledger() {
    let tenant = Tenant::with_devices(60);
    let command = ["devices", "command", "SyncDevice", "--platform", "WinRT", "--limit", "5"];
    let with = |more: &[&'static str]| [&command[..], more].concat();

    let plan = tenant.json(&with(&["-n", "-o", "json"]));
    assert_eq!(
        (&plan["dry_run"], &plan["counts"]["allow"], plan["items"][0]["verdict"].as_str()),
        (&true.into(), &5.into(), Some("allow"))
    );
    assert_eq!(tenant.sent(), 0, "a dry run sends nothing");

    // Nobody is there to answer: refused, with the flag that would have answered.
    let asked = tenant.run(&command).code(8);
    assert!(stderr(&asked).contains("--yes"), "{}", stderr(&asked));
    tenant.run(&with(&["--no-input"])).code(8);
    assert_eq!(tenant.sent(), 0);

    let done = tenant.json(&with(&["--yes", "-o", "json", "--report", "r.csv", "--report", "r.html"]));
    assert_eq!((&done["schema"], &done["counts"]["done"], &done["state"]), (&1.into(), &5.into(), &"finished".into()));
    assert!(done["items"].as_array().is_some_and(|items| items.iter().all(|item| item["command_id"].is_string())));
    assert_eq!(tenant.sent(), 5);
    let report = std::fs::read_to_string(tenant.home.path("r.csv")).expect("is there");
    assert!(report.starts_with("DeviceId,Result,CommandId,Message,"), "{report}");
    assert!(
        std::fs::read_to_string(tenant.home.path("r.html"))
            .expect("is there")
            .contains("<h1>devices command SyncDevice</h1>")
    );

    // The plan of the dry run is carried out as it was shown.
    let id = plan["plan"].as_str().expect("an id");
    let applied = tenant.json(&["plan", "apply", id, "--yes", "-o", "json"]);
    assert_eq!(applied["counts"]["done"], 5);
    assert_eq!(tenant.sent(), 10);
    tenant.run(&["plan", "apply", id, "--yes"]).code(8);
    assert_eq!(tenant.sent(), 10);

    let jobs = tenant.json(&["jobs", "list", "-o", "json"]);
    assert_eq!(jobs.as_array().map(Vec::len), Some(2));
    let job = jobs[0]["job"].as_str().expect("an id");
    let shown = tenant.json(&["jobs", "show", job, "-o", "json"]);
    assert_eq!((&shown["state"], shown["items"].as_array().map(Vec::len)), (&"finished".into(), Some(5)));
    assert_eq!(tenant.json(&["jobs", "show", job, "--only", "failed", "-o", "json"])["items"], serde_json::json!([]));
    tenant.run(&["jobs", "show", job, "--only", "filed"]).code(2);
    tenant.run(&["jobs", "retry", job, "--only", "failed", "--yes"]).code(2);
    // Going on with what is done changes nothing.
    tenant.run(&["jobs", "resume", job, "--yes"]).success();
    assert_eq!(tenant.sent(), 10);
    let plans = tenant.json(&["plan", "list", "-o", "json"]);
    assert!(plans.as_array().is_some_and(|plans| plans.iter().any(|plan| plan["status"] == "applied")), "{plans}");
}

#[test]
fn json_lines_are_rows_and_a_summary_and_progress_is_events() {
    let tenant = Tenant::with_devices(60);
    let run = tenant
        .run(&["devices", "command", "SyncDevice", "--limit", "4", "--yes", "-o", "jsonl", "--progress", "json"])
        .success();
    let lines: Vec<serde_json::Value> =
        stdout(&run).lines().map(|line| serde_json::from_str(line).expect("is JSON")).collect();
    assert_eq!(lines.len(), 5);
    assert_eq!((&lines[4]["event"], &lines[4]["counts"]["done"]), (&"summary".into(), &4.into()));
    let events: Vec<String> = stderr(&run)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter_map(|event| event["event"].as_str().map(str::to_owned))
        .collect();
    for event in ["started", "item", "tally", "finished"] {
        assert!(events.iter().any(|name| name == event), "{event} in {events:?}");
    }
}

#[test]
fn tags_are_set_once() {
    let tenant = Tenant::with_devices(60);
    let serials = tenant.serials(2);
    let (first, second) = (serials[0].as_str(), serials[1].as_str());
    let tag = ["devices", "tag", "--add", "Pilot,Loaner", "--serial", first, "--serial", second, "--yes", "-o", "json"];
    assert_eq!(tenant.json(&tag)["counts"]["done"], 2);
    let again = tenant.json(&tag);
    assert_eq!((&again["counts"]["skipped"], &again["job"]), (&2.into(), &serde_json::Value::Null), "{again}");
    tenant.run(&["devices", "tag", "--remove", "Loaner", "--serial", first, "--yes"]).success();
    let tags = tenant.json(&["devices", "show", first, "-o", "json"])["tags"].to_string();
    assert!(tags.contains("Pilot") && !tags.contains("Loaner"), "{tags}");
    tenant.run(&["devices", "tag", "--serial", first]).code(2);
    tenant.run(&["devices", "tag", "--add", "A", "--remove", "a", "--serial", first]).code(2);
}

#[test]
fn what_cannot_be_undone_waits_for_an_approval() {
    let tenant = Tenant::with_devices(60);
    let serials = tenant.serials(1);
    let wipe = ["devices", "command", "DeviceWipe", "--serial", serials[0].as_str(), "--yes", "-o", "json"];
    let held = tenant.run(&wipe).code(8);
    let held = json(&held);
    assert_eq!((&held["counts"]["held"], &held["job"]), (&1.into(), &serde_json::Value::Null), "{held}");
    assert_eq!(tenant.sent(), 0);
    let approve = held["next"][0].as_str().expect("a command");
    let id = approve.strip_prefix("muster approve ").expect("says how to approve");

    // --yes approves nothing, and neither does a wrong number.
    let key = tenant.home.approver("grace");
    tenant.run(&["approve", id, "--yes", "--key", &key]).code(8);
    tenant.run(&["approve", id, "--confirm", "2", "--key", &key]).code(8);
    // Nor does anything without a key.
    tenant.run(&["approve", id, "--confirm", "1"]).code(2);
    tenant.run(&["plan", "apply", id, "--yes"]).code(8);
    assert_eq!(tenant.sent(), 0);
    let approval =
        tenant.json(&["approve", id, "--confirm", "1", "--key", &key, "--note", "lost at the airport", "-o", "json"]);
    assert_eq!(
        (&approval["approval"]["by"], &approval["approval"]["note"]),
        (&"grace".into(), &"lost at the airport".into())
    );
    assert_eq!(tenant.json(&["plan", "apply", id, "--yes", "-o", "json"])["counts"]["done"], 1);
    assert_eq!(tenant.sent(), 1);

    let audit = tenant.json(&["audit", "list", "-o", "json"]);
    let text = audit.to_string();
    assert!(text.contains("approved") && text.contains("lost at the airport") && text.contains("tester"), "{text}");
    let state = tenant.json(&["audit", "verify", "-o", "json"]);
    assert_eq!(state["records"].as_u64(), audit.as_array().map(|records| records.len() as u64));
    assert_eq!(tenant.json(&["audit", "list", "--limit", "1", "-o", "json"]).as_array().map(Vec::len), Some(1));
}

#[test]
fn compliance_is_reported_and_remedied_and_a_wipe_is_held() {
    let tenant = Tenant::with_devices(300);
    let found = tenant.json(&["compliance", "report", "-o", "json", "--report", "before.html"]);
    let broken = found.as_array().expect("a list").len();
    assert!(broken > 5, "{found}");
    let run = tenant.run(&["compliance", "remediate", "--yes", "-o", "json", "--report", "r.csv"]);
    let done = json(&run);
    let held = done["counts"]["held"].as_u64().expect("a number");
    assert_eq!(run.get_output().status.code(), Some(if held > 0 { 8 } else { 0 }), "{}", stderr(&run));
    assert_eq!(done["counts"]["done"].as_u64(), Some(tenant.sent()), "{done}");
    assert!(tenant.ledger().keys().all(|(_, command)| command != "EnterpriseWipe"), "a wipe is planned but held");
    let report = std::fs::read_to_string(tenant.home.path("r.csv")).expect("is there");
    let guide = "DeviceId,DeviceName,Platform,Model,OSVersion,LastSeen,ComplianceStatus,RemediationActions,Timestamp";
    assert!(report.starts_with(guide), "{report}");
    let rule = |command| format!("[[remedy]]\nrule = \"*\"\ncommand = \"{command}\"\ndescription = \"report again\"\n");
    let rules = tenant.home.file("rules.toml", rule("SyncDevice"));
    let plan = tenant.json(&["compliance", "remediate", "--rules", &rules, "-n", "-o", "json"]);
    assert!(
        plan["items"].as_array().is_some_and(|items| items.iter().all(|item| item["action"] == "SyncDevice")),
        "{plan}"
    );
    let bad = tenant.home.file("bad.toml", rule("SyncDevise"));
    tenant.run(&["compliance", "remediate", "--rules", &bad, "-n"]).code(2);
}

#[test]
fn an_app_is_deployed_watched_and_retried() {
    let tenant = Tenant::with_devices(60);
    let run = tenant.run(&[
        "apps",
        "deploy",
        "--app",
        "Google Chrome",
        "--smart-group",
        "All Devices",
        "--wait",
        "8s",
        "--retry-failed",
        "--yes",
        "-o",
        "json",
        "--report",
        "r.csv",
    ]);
    let done = json(&run);
    let row = &done["deployments"][0];
    assert_eq!(
        (&row["ApplicationName"], &row["AssignmentSuccess"]),
        (&"Google Chrome".into(), &"True".into()),
        "{done}"
    );
    assert!(row["TotalDevices"].as_u64().is_some_and(|total| total > 0), "{done}");
    assert!(matches!(run.get_output().status.code(), Some(0 | 7)), "{}", stderr(&run));
    let report = std::fs::read_to_string(tenant.home.path("r.csv")).expect("is there");
    assert!(report.starts_with("ApplicationName,ApplicationId,SmartGroup,AssignmentSuccess,TotalDevices"), "{report}");
    let status = tenant.json(&["apps", "status", "Google Chrome", "-o", "json"]);
    assert!(status["installed"].as_u64().is_some() && status["devices"].is_array(), "{status}");
    // What is assigned stays assigned, and a second time there is nothing to do.
    let again = tenant
        .run(&["apps", "deploy", "--app", "Google Chrome", "--smart-group", "All Devices", "--yes", "-o", "json"])
        .success();
    assert_eq!(json(&again)["jobs"][0]["counts"]["skipped"], 1);
    let file = tenant.home.file("d.yaml", "deployments:\n  - app: Google Chrome\n    smart_group: All Devices\n  - app: No Such App\n    smart_group: All Devices\n");
    let partly = tenant.run(&["apps", "deploy", "--file", &file, "--yes"]).code(7);
    assert!(stderr(&partly).contains("No Such App"), "{}", stderr(&partly));
}

#[test]
fn the_published_dialect_means_the_same() {
    let tenant = Tenant::with_devices(60);
    let home = &tenant.home;
    home.run(&["context", "add", "pub", "--from", "ready.json", "--dialect", "published"]).success();
    let run = |args: &[&str]| json(&home.run(&[args, &["-o", "json"]].concat()).success());
    assert_eq!(run(&["context", "list"])[0]["dialect"], "published");
    let report = run(&["doctor"]);
    assert_eq!((&report["ok"], &report["dialect"]), (&true.into(), &"published".into()), "{report}");

    let devices = run(&["devices", "search"]);
    assert_eq!(devices.as_array().map(Vec::len), Some(60));
    let id = devices[0]["device_id"].to_string();
    assert_eq!(run(&["devices", "command", "SyncDevice", "--id", &id, "--yes"])["counts"]["done"], 1);
    assert_eq!(tenant.sent(), 1);
    assert_eq!(run(&["devices", "tag", "--add", "Pilot", "--id", &id, "--yes"])["counts"]["done"], 1);
    assert!(run(&["devices", "show", &id])["tags"].to_string().contains("Pilot"));
    // The published API has no such command, and says where else to look.
    let refused = home.run(&["devices", "command", "EnableDeviceEncryption", "--id", &id, "--yes"]).code(2);
    assert!(stderr(&refused).contains("muster api list --search encryption"), "{}", stderr(&refused));
    let refused = home.run(&["devices", "command", "SendMessage", "--id", &id, "--yes"]).code(2);
    assert!(stderr(&refused).contains("devices message"), "{}", stderr(&refused));
    // Others have a call of their own there, which has to be told what it needs before anything is planned.
    let of = |platform: &str| devices.as_array().into_iter().flatten().find(|device| device["platform"] == platform);
    let phone = of("Apple").expect("an iPhone")["device_id"].to_string();
    let lost = ["devices", "command", "EnableLostMode", "--id", &phone, "--yes"];
    let refused = home.run(&lost).code(2);
    assert!(stderr(&refused).contains("needs the parameter message or phone_number"), "{}", stderr(&refused));
    let sent = run(&[&lost[..], &["--parameter", "phone_number=0049301234"]].concat());
    assert_eq!(sent["counts"]["done"], 1, "{sent}");
    run(&["compliance", "report"]);
    home.run(&["users", "provision", "--sample", "sample.csv"]).success();
    assert_eq!(run(&["users", "provision", "sample.csv", "--yes"])["counts"]["done"], 9);
    assert_eq!(run(&["users", "provision", "sample.csv", "--yes"])["job"], serde_json::Value::Null);
    let chrome = ["apps", "deploy", "--app", "Google Chrome", "--smart-group", "All Devices", "--yes"];
    assert_eq!(run(&chrome)["deployments"][0]["AssignmentSuccess"], "True");
}

#[test]
fn an_oauth_client_signs_in_as_well() {
    let tenant = Tenant::with_devices(20);
    let oauth = &tenant.ready.oauth;
    let mut command = tenant.home.muster(&["doctor", "-o", "json"]);
    command
        .env("MUSTER_URL", &tenant.ready.url)
        .env("MUSTER_CLIENT_ID", &oauth.client_id)
        .env("MUSTER_CLIENT_SECRET", &oauth.client_secret)
        .env("MUSTER_TOKEN_URL", &oauth.token_url);
    let report = json(&assert_cmd::Command::from_std(command).assert().success());
    assert_eq!(report["ok"], true, "{report}");
    let mut command = tenant.home.muster(&["devices", "search", "-o", "json"]);
    command
        .env("MUSTER_URL", &tenant.ready.url)
        .env("MUSTER_CLIENT_ID", &oauth.client_id)
        .env("MUSTER_CLIENT_SECRET", "wrong")
        .env("MUSTER_TOKEN_URL", &oauth.token_url);
    assert_cmd::Command::from_std(command).assert().code(3);
}

#[test]
fn a_second_uem_on_the_same_folder_is_refused_and_a_restart_keeps_everything() {
    let tenant = Tenant::with_devices(30);
    let second = tenant.home.run(&["uem", "serve", "--data", "uem"]).code(1);
    assert!(stderr(&second).contains("in use by another muster"), "{}", stderr(&second));
    let (before, ready) = (tenant.serials(30), tenant.ready.clone());
    let tenant = tenant.restart();
    assert_eq!(tenant.serials(30), before);
    assert_eq!((&tenant.ready.password, &tenant.ready.tenant_code), (&ready.password, &ready.tenant_code));
}

#[cfg(unix)]
#[test]
fn the_ready_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;
    let tenant = Tenant::with_devices(20);
    let mode = std::fs::metadata(tenant.home.path("ready.json")).expect("is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
