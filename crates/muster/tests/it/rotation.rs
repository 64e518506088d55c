//! A key is replaced without a moment in which none opens, wherever the rotation is interrupted.

use std::process::Command;

use serde_json::Value;

use crate::secrets::typed;
use crate::tenant::{Home, Tenant, json, stderr};

fn with_context(tenant: &Tenant) -> &Home {
    tenant.home.run(&["context", "add", "local", "--from", "ready.json"]).success();
    &tenant.home
}

fn rotate<'a>(to: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["secrets", "rotate", "--to", to, "--yes", "-o", "json"][..], more].concat()
}

/// Whether the key that the UEM was made with still opens.
fn first_key_opens(tenant: &Tenant) -> bool {
    tenant.run(&["doctor"]).get_output().status.success()
}

/// Nothing of a key is anywhere below the state folder.
fn assert_unwritten(home: &Home, keys: &[&str]) {
    let mut open = vec![home.state()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).expect("lists") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let bytes = std::fs::read(&path).expect("reads");
            for key in keys {
                assert!(!bytes.windows(key.len()).any(|window| window == key.as_bytes()), "{}", path.display());
            }
        }
    }
}

#[test]
fn a_key_is_made_tried_used_and_after_the_overlap_the_old_one_is_revoked() {
    let tenant = Tenant::with_devices(20);
    let home = with_context(&tenant);
    let plan = json(&home.run(&rotate("file:key", &["-n"])).success());
    assert!(plan.to_string().contains("revoke the API key"), "{plan}");
    assert!(!home.path("key").exists(), "a preview makes nothing");

    let first = json(&home.run(&rotate("file:key", &["--overlap", "1h"])).success());
    assert_eq!((&first["state"], &first["reference"]), (&"overlap".into(), &"file:key".into()), "{first}");
    let config = std::fs::read_to_string(home.path("home").join("config.toml")).expect("reads");
    assert!(config.contains("tenant_code = \"file:key\""), "{config}");
    let new = std::fs::read_to_string(home.path("key")).expect("reads").trim().to_owned();
    assert_ne!(new, tenant.ready.tenant_code);
    home.run(&["devices", "search"]).success();
    assert!(first_key_opens(&tenant), "both open during the overlap");
    let listed = json(&home.run(&["secrets", "list", "-o", "json"]).success());
    assert!(listed.to_string().contains("file:key") && !listed.to_string().contains(&new), "{listed}");

    // Too early, nothing happens; revoking is asked for, and --yes is no answer to it.
    assert_eq!(json(&home.run(&rotate("file:key", &[])).success())["state"], "overlap");
    home.run(&rotate("file:key", &["--retire-now"])).code(8);
    assert!(first_key_opens(&tenant));
    let old = first["old_key"].to_string();
    let last = json(&home.run(&rotate("file:key", &["--retire-now", "--confirm", &old])).success());
    assert_eq!(last["state"], "done", "{last}");
    assert!(!first_key_opens(&tenant));
    home.run(&["devices", "search"]).success();
    assert_unwritten(home, &[&new, &tenant.ready.tenant_code]);
    // The key, its plan and its revocation are in the record.
    let audit = json(&home.run(&["audit", "list", "-o", "json"]).success()).to_string();
    assert!(audit.contains("secrets rotate"), "{audit}");
    home.run(&["audit", "verify"]).success();

    // The next one lies beside, and the one after that takes its place.
    let second = json(
        &home
            .run(&[
                "secrets",
                "rotate",
                "--yes",
                "--overlap",
                "0s",
                "--confirm",
                &last["key"].to_string(),
                "-o",
                "json",
            ])
            .success(),
    );
    let beside = second["reference"].as_str().expect("a reference").to_owned();
    assert!(beside.starts_with("file:key-2") && second["state"] == "done", "{second}");
    assert!(home.path("key").exists(), "what a person named is left to them");
    let third =
        ["secrets", "rotate", "--yes", "--overlap", "0s", "--confirm", &second["key"].to_string(), "-o", "json"];
    pass_a_second();
    home.run(&third).success();
    assert!(!home.path(beside.trim_start_matches("file:")).exists(), "what a rotation made goes with it");
    home.run(&["devices", "search"]).success();
}

/// Places beside are told apart by the second.
fn pass_a_second() {
    let begun = std::time::Instant::now();
    while begun.elapsed() < std::time::Duration::from_millis(1_100) {
        crate::tenant::pause();
    }
}

#[test]
fn a_rotation_goes_on_wherever_it_was_interrupted() {
    for step in ["making+", "made+", "tried+", "switched+", "retired+"] {
        let tenant = Tenant::with_devices(20);
        let home = with_context(&tenant);
        // Who the first key is, a preview tells.
        let plan = json(&home.run(&rotate("file:key", &["-n"])).success());
        let old = old_key(&plan);
        let args = rotate("file:key", &["--overlap", "0s", "--confirm", &old]);
        let mut dies: Command = home.muster(&args);
        dies.env("MUSTER_TEST_DIE_AT", step);
        let died = assert_cmd::Command::from_std(dies).assert();
        assert!(died.get_output().status.code().is_none(), "{step}: {}", stderr(&died));
        home.run(&["devices", "search"]).success();
        let done = json(&home.run(&args).success());
        assert_eq!((&done["state"], &done["reference"]), (&"done".into(), &"file:key".into()), "{step}: {done}");
        home.run(&["devices", "search"]).success();
        assert!(!first_key_opens(&tenant), "{step}");
        let new = std::fs::read_to_string(home.path("key")).expect("reads").trim().to_owned();
        assert_unwritten(home, &[&new, &tenant.ready.tenant_code]);
    }
}

/// The key that a preview would revoke, which stands behind its service's name.
fn old_key(plan: &Value) -> String {
    let items = plan["items"].as_array().expect("a list");
    let revoked = items.iter().find(|item| item["action"] == "revoke the API key").expect("the item").to_string();
    let (_, rest) = revoked.rsplit_once(" (").unwrap_or_else(|| panic!("no id in {revoked}"));
    rest.chars().take_while(char::is_ascii_digit).collect()
}

#[test]
fn a_key_whose_text_was_lost_with_the_answer_is_made_again_and_goes_with_the_old_one() {
    let fault = "lose-answer:on=console/apikeys.add,count=1";
    let tenant = Tenant::serve(&["--devices", "20", "--speed", "1000", "--fault", fault]);
    let home = with_context(&tenant);
    let first = json(&home.run(&rotate("file:key", &["--overlap", "1h"])).success());
    let (old, new) = (first["old_key"].as_i64().expect("an id"), first["key"].as_i64().expect("an id"));
    let record = std::fs::read_to_string(home.state().join("rotations").join("local.json")).expect("reads");
    let record: Value = serde_json::from_str(&record).expect("is JSON");
    assert_eq!(record["lost"].as_array().map(Vec::len), Some(1), "{record}");
    assert!(record["lost"][0] != old && record["lost"][0] != new);
    home.run(&["devices", "search"]).success();
    home.run(&rotate("file:key", &["--retire-now", "--confirm", &old.to_string()])).success();
    home.run(&["devices", "search"]).success();
    assert!(!first_key_opens(&tenant));
}

#[test]
fn a_place_that_cannot_keep_a_key_costs_no_working_one() {
    let tenant = Tenant::with_devices(20);
    let home = with_context(&tenant);
    // A folder stands where the file should be.
    std::fs::create_dir(home.path("key")).expect("a folder");
    let failed = home.run(&rotate("file:key", &[]));
    assert!(!failed.get_output().status.success());
    home.run(&["devices", "search"]).success();
    // Nothing is put over a secret that is there.
    std::fs::remove_dir(home.path("key")).expect("removes");
    let fresh = Tenant::with_devices(20);
    let home = with_context(&fresh);
    typed(home.muster(&["secrets", "set", "file:taken"]), "s3cret").success();
    home.run(&rotate("file:taken", &[])).code(2);
    home.run(&rotate("env:X", &[])).code(2);
    home.run(&rotate("hunter2", &[])).code(2);
}

#[test]
fn a_key_made_by_hand_is_kept_tried_and_used() {
    let tenant = Tenant::with_devices(20);
    let home = with_context(&tenant);
    // A wrong one never comes into use.
    let wrong = home.muster(&rotate("file:wrong", &["--key-from-stdin"]));
    typed(wrong, "not-a-key").code(3);
    home.run(&["devices", "search"]).success();
    let config = std::fs::read_to_string(home.path("home").join("config.toml")).expect("reads");
    assert!(!config.contains("file:wrong"), "{config}");
    std::fs::remove_file(home.state().join("rotations").join("local.json")).expect("removes");
    // The same key at another place is good enough for the story.
    let right = home.muster(&rotate("file:key", &["--key-from-stdin", "--overlap", "0s"]));
    let done = json(&typed(right, &tenant.ready.tenant_code).success());
    assert_eq!((&done["state"], &done["key"]), (&"done".into(), &Value::Null), "{done}");
    home.run(&["devices", "search"]).success();
}
