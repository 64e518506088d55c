//! The policy of the guard, and plans as files: shown, checked, explained, exported, taken in, told apart, applied.

use crate::tenant::{Home, Tenant, envelope, json, stderr, stdout};

/// Writes a policy beside the configuration.
fn policy(home: &Home, text: &str) {
    let folder = home.path("home");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("muster.policy.toml"), text).expect("writes");
}

const ONE_AT_A_TIME: &str = "[[caps]]\nrisk = \"disruptive\"\nwindow = \"1h\"\ntargets = 1\n";

#[test]
fn a_policy_is_shown_checked_and_found_where_it_was_put() {
    let home = Home::new();
    let defaults = json(&home.run(&["policy", "show", "-o", "json"]).success());
    assert_eq!((&defaults["from"], &defaults["policy"]["plan_hours"]), (&serde_json::Value::Null, &24.into()));
    // What is shown is a file that can be used.
    let shown = stdout(&home.run(&["policy", "show", "-o", "table"]).success());
    let file = home.file("shown.toml", &shown);
    let again = json(&home.run(&["policy", "show", "--policy", &file, "-o", "json"]).success());
    assert_eq!(again["policy"], defaults["policy"]);
    assert_eq!(again["from"], file.as_str());

    policy(&home, ONE_AT_A_TIME);
    let found = json(&home.run(&["policy", "show", "-o", "json"]).success());
    assert!(found["from"].as_str().is_some_and(|from| from.ends_with("muster.policy.toml")), "{found}");
    assert_eq!(found["policy"]["caps"].as_array().map(Vec::len), Some(1));
    let checked = stdout(&home.run(&["policy", "check", "-o", "table"]).success());
    assert!(checked.contains("in order; 1 cap, 1 protected set, 0 freezes"), "{checked}");

    let bad = home.file("bad.toml", "[[caps]]\nactions = [\"DeviceWype\"]\ntargets = 1\nwindow = \"1h\"\n");
    let refused = home.run(&["policy", "check", &bad, "-o", "json"]).code(2);
    let error = envelope(&refused);
    assert_eq!((&error["code"], &error["candidates"][0]), (&"E_CONFIG".into(), &"DeviceWipe".into()));
    assert!(
        error["why"][0].as_str().is_some_and(|why| why.starts_with("caps[0].actions names `DeviceWype`")),
        "{error}"
    );
    // A policy that cannot be used is not passed over.
    policy(&home, "plan_hour = 1\n");
    let refused = home.run(&["plan", "list"]).code(2);
    assert!(stderr(&refused).contains("did you mean: plan_hours"), "{}", stderr(&refused));
    home.run(&["policy", "check", "missing.toml"]).code(2);
}

#[test]
fn what_exceeds_the_policy_is_held_and_explained_and_a_locked_context_changes_nothing() {
    let tenant = Tenant::with_devices(30);
    policy(&tenant.home, ONE_AT_A_TIME);
    let restart = ["devices", "command", "SoftReset", "--platform", "WinRT", "--limit", "3"];
    let with = |more: &[&'static str]| [&restart[..], more].concat();
    let plan = tenant.json(&with(&["-n", "-o", "json"]));
    assert_eq!((&plan["counts"]["allow"], &plan["counts"]["hold"]), (&1.into(), &2.into()), "{plan}");
    let id = plan["plan"].as_str().expect("an id");
    let why = tenant.json(&["policy", "explain", id, "-o", "json"]);
    let rules = why["rules"].as_array().expect("rules");
    let cap = rules.iter().find(|rule| rule["rule"] == "cap").expect("the rule");
    assert_eq!((&cap["verdict"], &cap["items"]), (&"hold".into(), &2.into()), "{why}");
    let text = stdout(&tenant.run(&["policy", "explain", id, "-o", "table"]).success());
    assert!(text.contains("cap: hold, 2 items") && text.contains("no objection: "), "{text}");

    // One goes, and then the cap is used up: also for a plan that was let through before.
    let rival = ["devices", "command", "Shutdown", "--platform", "WinRT", "--limit", "1", "-n", "-o", "json"];
    let first = tenant.json(&rival);
    let done = tenant.run(&with(&["--yes", "-o", "json"])).code(8);
    assert_eq!((&json(&done)["counts"]["done"], &json(&done)["counts"]["held"]), (&1.into(), &2.into()));
    let others = ["devices", "command", "Shutdown", "--platform", "WinRT", "--limit", "3", "-n", "-o", "json"];
    let held = tenant.json(&others);
    assert_eq!((&held["counts"]["allow"], &held["counts"]["hold"]), (&1.into(), &2.into()), "a target counts once");
    assert_eq!(tenant.sent(), 1);
    // The same device again is no further target.
    tenant.run(&["plan", "apply", first["plan"].as_str().expect("an id"), "--yes"]).success();

    policy(&tenant.home, "read_only = [\"environment\"]\n");
    let refused =
        tenant.run(&["devices", "command", "SyncDevice", "--platform", "WinRT", "--yes", "-o", "json"]).code(8);
    let error = envelope(&refused);
    assert!(error["why"][0].as_str().is_some_and(|why| why.contains("is read-only by the policy")), "{error}");
    assert_eq!(tenant.sent(), 2);
}

#[test]
fn a_plan_is_a_file_a_page_and_a_difference() {
    let tenant = Tenant::with_devices(60);
    let tag = |limit: &'static str| {
        ["devices", "tag", "--add", "Pilot", "--platform", "WinRT", "--limit", limit, "-n", "-o", "json"]
    };
    let first = tenant.json(&[&tag("4")[..], &["--plan-file", "first.json"]].concat());
    let second = tenant.json(&tag("5"));
    let (first_id, second_id) = (first["plan"].as_str().expect("an id"), second["plan"].as_str().expect("an id"));
    let item = &first["items"][0];
    assert_eq!((&item["risk"], item["changes"][0].as_str()), (&"reversible".into(), Some("tags: – → Pilot")), "{item}");
    assert!(
        item["precondition"].is_string() && item["organization_group"].is_string() && item["ring"].as_u64() <= Some(2),
        "{item}"
    );

    let differ = tenant.run(&["plan", "diff", first_id, second_id, "--detailed-exitcode", "-o", "json"]).code(10);
    let rows = json(&differ);
    assert_eq!((rows.as_array().map(Vec::len), &rows[0]["change"]), (Some(1), &"added".into()), "{rows}");
    tenant.run(&["plan", "diff", first_id, "first.json", "--detailed-exitcode"]).success();

    tenant.run(&["plan", "show", first_id, "--html", "plan.html"]).success();
    let page = std::fs::read_to_string(tenant.home.path("plan.html")).expect("is there");
    assert!(
        page.contains("devices tag +Pilot") && page.contains("tags: – → Pilot") && !page.contains("<script"),
        "{page}"
    );

    // Another machine takes it in, and carries it out.
    let there = |args: &[&str]| {
        let mut command = tenant.muster(args);
        command.env("MUSTER_HOME", tenant.home.path("there"));
        assert_cmd::Command::from_std(command).assert()
    };
    let out = json(&tenant.run(&["plan", "export", first_id]).success());
    assert_eq!((&out["format"], &out["hash"]), (&"muster-plan".into(), &first["hash"]));
    let taken = json(&there(&["plan", "import", "first.json", "-o", "json"]).success());
    assert_eq!((&taken["plan"], &taken["decided_otherwise"]), (&first["plan"], &false.into()));
    let applied = json(&there(&["plan", "apply", "first.json", "--yes", "-o", "json"]).success());
    assert_eq!(applied["counts"]["done"], 4);
    let file = tenant.home.path("first.json");
    let forged = std::fs::read_to_string(&file).expect("reads").replace("Pilot", "Pirate");
    std::fs::write(&file, forged).expect("writes");
    let refused = there(&["plan", "import", "first.json", "-o", "json"]).code(2);
    assert_eq!(envelope(&refused)["code"], "E_PLAN_FILE");
}

#[test]
fn what_has_changed_since_is_left_out_and_too_much_of_it_asks_again() {
    let tenant = Tenant::with_devices(60);
    let plan = tenant.json(&["devices", "command", "SyncDevice", "--platform", "WinRT", "-n", "-o", "json"]);
    let (id, count) = (plan["plan"].as_str().expect("an id"), plan["counts"]["allow"].as_u64().expect("a number"));
    let serial = plan["items"][0]["serial_number"].as_str().expect("a serial number").to_owned();
    let same = stderr(&tenant.run(&["plan", "apply", id, "-n"]).success());
    assert!(same.contains(&format!("{count} targets are as the plan says")), "{same}");

    let tenant = tenant.stopped();
    tenant.write("update devices set ownership = 'S' where serial_number = $1", &[&serial]);
    let tenant = tenant.started();
    let asked = tenant.run(&["plan", "apply", id, "--yes", "-o", "json"]).code(8);
    let error = envelope(&asked);
    assert_eq!(error["code"], "E_DRIFT");
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("--accept-drift 1")), "{error}");
    assert_eq!(tenant.sent(), 0);

    let said = tenant.run(&["plan", "apply", id, "--yes", "--accept-drift", "1", "-o", "json"]).success();
    assert!(stderr(&said).contains("Since the plan was made: 0 left, 1 changed, 0 joined"), "{}", stderr(&said));
    let done = json(&said);
    assert_eq!((&done["counts"]["done"], &done["counts"]["skipped"]), (&(count - 1).into(), &1.into()));
    assert!(done["items"][0]["reason"].as_str().is_some_and(|why| why.contains("ownership: ")), "{}", done["items"][0]);
    assert_eq!(tenant.sent(), count - 1);
}

#[test]
fn names_numbers_and_tags_that_others_changed_are_not_overwritten_by_a_plan() {
    let tenant = Tenant::with_devices(60);
    for dialect in ["published", "guide"] {
        let serial = &tenant.serials(2)[usize::from(dialect == "guide")];
        tenant.home.run(&["context", "add", dialect, "--from", "ready.json", "--dialect", dialect]).success();
        let muster = |arguments: &[&str]| tenant.home.run(&[arguments, &["--context", dialect]].concat());
        let plan = |arguments: &[&str]| {
            let planned = muster(&[arguments, &["--serial", serial, "-n", "-o", "json"]].concat()).success();
            json(&planned)["plan"].as_str().expect("a plan").to_owned()
        };
        let changed = |plan: &str, what: &str| {
            let told = stderr(&muster(&["plan", "apply", plan, "--yes"]).code(8));
            assert!(told.contains(what), "{dialect}: {told}");
            assert!(told.contains("more than the policy takes") && !told.contains("cannot be undone"), "{told}");
        };
        // The device has no tags: that is known, too.
        let tag = plan(&["devices", "tag", "--add", "Zz"]);
        muster(&["devices", "tag", "--add", "Yy", "--serial", serial, "--yes"]).success();
        changed(&tag, "tags: – → Yy");
        let rename = plan(&["devices", "rename", "one"]);
        let number = plan(&["devices", "set", "--asset-number", "1"]);
        let set = ["devices", "set", "--name", "two", "--asset-number", "2", "--serial", serial, "--yes"];
        muster(&set).success();
        changed(&rename, "→ two");
        changed(&number, "→ 2");
        let same = plan(&["devices", "tag", "--add", "Zz"]);
        muster(&["plan", "apply", &same, "--yes"]).success();
    }
}
