//! Two people, a schedule and an emergency, each with the real binary.

use serde_json::Value;

use crate::tenant::{Tenant, envelope, json, stderr, stdout};

/// A wipe that is held; answers its plan.
fn held(tenant: &Tenant, devices: usize) -> String {
    let serials = tenant.serials(devices).join(",");
    let wipe = ["devices", "command", "EnterpriseWipe", "--serial", &serials, "--yes", "-o", "json"];
    json(&tenant.run(&wipe).code(8))["plan"].as_str().expect("a plan").to_owned()
}

/// A key of somebody, and its public half.
fn key(tenant: &Tenant, name: &str) -> (String, String) {
    let key = format!("file:{}", tenant.home.path(&format!("{name}.key")).display());
    let made = tenant.json(&["keys", "new", name, "--to", &key, "-o", "json"]);
    (key, made["public_key"].as_str().expect("a key").to_owned())
}

fn events(tenant: &Tenant) -> Vec<String> {
    let audit = tenant.json(&["audit", "list"]);
    let text = |record: &Value| record["event"].as_str().expect("a word").to_owned();
    audit.as_array().expect("a list").iter().map(text).collect()
}

#[test]
fn a_second_person_approves_and_the_first_one_cannot() {
    let tenant = Tenant::with_devices(20);
    let root = tenant.home.approver("root-key");
    let (grace, public) = key(&tenant, "grace");
    let plan = held(&tenant, 1);
    // Not known, then known under the name of the one who asked.
    let error = envelope(&tenant.run(&["approve", &plan, "--confirm", "1", "--key", &grace, "-o", "json"]).code(8));
    assert_eq!(error["code"], "E_NOT_APPROVED", "{error}");
    tenant.run(&["approvers", "add", &public, "--key", &grace, "--yes"]).code(8);
    tenant.run(&["approvers", "add", &public, "--account", "tester", "--key", &root, "--yes"]).success();
    let text = stderr(&tenant.run(&["approve", &plan, "--confirm", "1", "--key", &grace]).code(8));
    assert!(text.contains("nobody approves the own request"), "{text}");
    assert_eq!(tenant.sent(), 0);

    // What another name asked for, she may approve; the signature travels in a file.
    let mut other =
        tenant.muster(&["devices", "command", "EnterpriseWipe", "--serial", &tenant.serials(1)[0], "--yes"]);
    other.env("MUSTER_ACTOR", "ada");
    let asked = assert_cmd::Command::from_std(other).assert().code(8);
    let plan = json(&asked)["plan"].as_str().expect("a plan").to_owned();
    tenant
        .run(&["approve", &plan, "--confirm", "1", "--key", &grace, "--to", "approval.txt", "--note", "seen"])
        .success();
    tenant.run(&["plan", "apply", &plan, "--yes"]).code(8);
    let text = std::fs::read_to_string(tenant.home.path("approval.txt")).expect("is there");
    assert!(text.starts_with("muster/approval\nplan ") && text.contains("\nnote seen\n"), "{text}");
    tenant.home.file("forged.txt", text.replace("note seen", "note forged"));
    tenant.run(&["approve", &plan, "--from", "forged.txt"]).code(8);
    tenant.run(&["approve", &plan, "--from", "approval.txt"]).success();
    assert_eq!(tenant.json(&["plan", "apply", &plan, "--yes", "-o", "json"])["counts"]["done"], 1);
    assert_eq!(tenant.sent(), 1);

    let list = tenant.json(&["approvers", "list"]);
    assert_eq!(
        (&list[1]["name"], &list[1]["vouched_by"], &list[1]["status"]),
        (&"grace".into(), &"root-key".into(), &"active".into())
    );
    tenant.run(&["approvers", "remove", "grace", "--key", &root, "--yes"]).success();
    let removed = tenant.json(&["approvers", "list"])[1]["status"].to_string();
    assert!(removed.contains("removed by root-key"), "{removed}");
    let events = events(&tenant);
    for event in ["approver.added", "approval.refused", "plan.approved", "task.sending", "approver.removed"] {
        assert!(events.iter().any(|one| one == event), "{event} in {events:?}");
    }
}

/// What this machine calls the account that the tests run under.
fn account() -> String {
    let told = std::process::Command::new("id").arg("-un").output().expect("runs");
    String::from_utf8_lossy(&told.stdout).trim().to_owned()
}

/// Whatever the environment says: the account of the process had a hand in all that it asks for.
#[test]
fn whoever_takes_a_job_back_does_not_approve_that_under_the_name_of_the_account() {
    let tenant = Tenant::with_devices(20);
    let root = tenant.home.approver("root-key");
    let (author, public) = key(&tenant, "author");
    tenant.run(&["approvers", "add", &public, "--account", &account(), "--key", &root, "--yes"]).success();
    let tagged = ["devices", "tag", "--add", "Pilot", "--serial", &tenant.serials(1)[0], "--yes", "-o", "json"];
    let job = tenant.json(&tagged)["job"].as_str().expect("a job").to_owned();
    tenant.home.file(
        "frozen.toml",
        "[[freezes]]\nname = \"always\"\nfrom = \"2000-01-01T00:00\"\nuntil = \"2200-01-01T00:00\"\n",
    );
    let undo = ["jobs", "undo", &job, "--policy", "frozen.toml", "--yes", "-o", "json"];
    let plan = json(&tenant.run(&undo).code(8))["plan"].as_str().expect("a plan").to_owned();
    let text = stderr(&tenant.run(&["approve", &plan, "--confirm", "1", "--key", &author]).code(8));
    assert!(text.contains(&format!("had a hand in it (as {})", account())), "{text}");

    // A task of the machine, without any of the variables, has that name alone.
    let mut alone = tenant.muster(&["devices", "command", "SyncDevice", "--serial", &tenant.serials(1)[0], "-n"]);
    for name in ["MUSTER_ACTOR", "USER", "LOGNAME", "USERNAME"] {
        alone.env_remove(name);
    }
    let planned = json(&assert_cmd::Command::from_std(alone).assert().success());
    assert_eq!(planned["requested_by"], account());
}

#[test]
fn what_was_approved_says_so_and_what_was_carried_out_names_its_job() {
    let tenant = Tenant::with_devices(20);
    let key = tenant.home.approver("grace");
    let plan = held(&tenant, 1);
    let show = ["plan", "show", &plan, "-o", "table"];
    let waiting = tenant.run(&show).success();
    assert!(stdout(&waiting).contains("it waits for an approval"), "{}", stdout(&waiting));
    assert!(stderr(&waiting).contains("To approve:  muster approve"), "{}", stderr(&waiting));
    tenant.run(&["approve", &plan, "--confirm", "1", "--key", &key, "--break-glass", "--note", "stolen"]).success();
    for show in [&show[..], &["plan", "apply", &plan, "-n", "-o", "table"]] {
        let approved = tenant.run(show).success();
        assert!(stdout(&approved).contains("cannot be undone; approved by grace"), "{}", stdout(&approved));
        let said = stderr(&approved);
        assert!(said.contains("Approved: 1 item by the rule") && said.contains("To carry it out:"), "{said}");
        assert!(!said.contains("To approve:"), "{said}");
    }
    let job = tenant.json(&["plan", "apply", &plan, "--yes", "-o", "json"])["job"].as_str().expect("a job").to_owned();
    let said = stderr(&tenant.run(&show).success());
    assert!(said.contains(&format!("It was carried out:  muster jobs show {job}")), "{said}");
    assert!(!said.contains("Nothing was sent") && !said.contains("To carry it out:"), "{said}");
}

#[test]
fn the_owner_of_the_file_that_devices_came_from_does_not_approve_them() {
    let tenant = Tenant::with_devices(20);
    let mine = account();
    let root = tenant.home.approver("root-key");
    let (author, public) = key(&tenant, "author");
    tenant.run(&["approvers", "add", &public, "--account", &mine, "--key", &root, "--yes"]).success();
    tenant.home.file("devices.txt", tenant.serials(1).join("\n"));
    let run =
        tenant.run(&["devices", "command", "EnterpriseWipe", "--from-file", "devices.txt", "--yes", "-o", "json"]);
    let plan = json(&run.code(8))["plan"].as_str().expect("a plan").to_owned();
    let text = stderr(&tenant.run(&["approve", &plan, "--confirm", "1", "--key", &author]).code(8));
    assert!(text.contains(&format!("had a hand in it (as {mine})")), "{text}");
    tenant.run(&["approve", &plan, "--confirm", "1", "--key", &root]).success();
}

#[test]
fn a_glass_is_broken_for_one_device_and_doctor_tells() {
    let tenant = Tenant::with_devices(20);
    let key = tenant.home.approver("tester");
    let plan = held(&tenant, 1);
    let alone = ["approve", &plan, "--confirm", "1", "--key", &key];
    tenant.run(&alone).code(8);
    tenant.run(&[&alone[..], &["--break-glass"]].concat()).code(2);
    tenant.run(&[&alone[..], &["--break-glass", "--note", "stolen"]].concat()).success();
    let applied = tenant.json(&["plan", "apply", &plan, "--yes", "-o", "json"]);
    assert_eq!(applied["counts"]["done"], 1);
    let job = applied["job"].as_str().expect("a job");
    let shown = tenant.json(&["jobs", "show", job, "-o", "json"]);
    assert_eq!(
        (&shown["approvals"][0]["kind"], &shown["approvals"][0]["note"]),
        (&"break-glass".into(), &"stolen".into())
    );
    let shown = stderr(&tenant.run(&["jobs", "show", job, "-o", "table"]).success());
    assert!(shown.contains("Glass broken by tester: stolen"), "{shown}");
    let doctor = tenant.json(&["doctor"]).to_string();
    assert!(doctor.contains("ALERT: tester broke the glass") && doctor.contains("stolen"), "{doctor}");
    // The first of them is gone.
    let two = held(&tenant, 3);
    let text = stderr(
        &tenant.run(&["approve", &two, "--confirm", "2", "--key", &key, "--break-glass", "--note", "x"]).code(8),
    );
    assert!(text.contains("for one device"), "{text}");
}

#[test]
fn a_template_is_signed_listed_and_taken_back() {
    let tenant = Tenant::with_devices(20);
    let key = tenant.home.approver("root-key");
    let add = [
        "templates",
        "add",
        "wipes",
        "--for",
        "tester",
        "--action",
        "EnterpriseWipe",
        "--at-most",
        "1",
        "--per",
        "1h",
        "--for-days",
        "7",
    ];
    // Neither for everything nor by whoever would use it.
    tenant.run(&[&add[..], &["--key", &key, "--yes"]].concat()).code(2);
    let group = tenant.json(&["devices", "command", "EnterpriseWipe", "--serial", &tenant.serials(1)[0], "-n"]);
    let group = group["items"][0]["organization_group"].as_str().expect("a group").to_owned();
    tenant.run(&[&add[..], &["--group", &group, "--key", &key, "--yes"]].concat()).success();
    let serials = tenant.serials(2);
    let wipe = |serial: &str| ["devices", "command", "EnterpriseWipe", "--serial", serial, "--yes"].map(str::to_owned);
    let run = |serial: &str| tenant.run(&wipe(serial).iter().map(String::as_str).collect::<Vec<_>>());
    let told = stderr(&tenant.run(&["devices", "command", "EnterpriseWipe", "--serial", &serials[0], "-n"]).success());
    assert!(told.contains("1 on hold (1 let through by a template)") && !told.contains("To approve"), "{told}");
    let told = stderr(&run(&serials[0]).success());
    assert!(told.contains("1 on hold (1 let through by a template)"), "{told}");
    assert!(told.contains("1 item has no undo"), "{told}");
    assert_eq!(tenant.sent(), 1);
    run(&serials[1]).code(8);
    let list = tenant.json(&["templates", "list"]);
    assert_eq!((&list[0]["used"], &list[0]["status"]), (&1.into(), &"counts".into()), "{list}");
    tenant.run(&["templates", "revoke", "wipes"]).success();
    let status = tenant.json(&["templates", "list"])[0]["status"].to_string();
    assert!(status.contains("took it back"), "{status}");
}

#[test]
fn a_key_is_never_written_over_and_is_shown_only_by_its_public_half() {
    let tenant = Tenant::with_devices(5);
    let (grace, public) = key(&tenant, "grace");
    let secret = std::fs::read_to_string(tenant.home.path("grace.key")).expect("is there");
    assert!(secret.starts_with("PRIVATE+KEY+grace+"));
    let error = envelope(&tenant.run(&["keys", "new", "grace", "--to", &grace, "-o", "json"]).code(8));
    assert_eq!(error["code"], "E_KEY_EXISTS");
    assert_eq!(std::fs::read_to_string(tenant.home.path("grace.key")).expect("is there"), secret);
    assert_eq!(tenant.json(&["keys", "show", &grace, "-o", "json"])["public_key"], public.as_str());
    tenant.run(&["keys", "new", "grace", "--to", "env:GRACE"]).code(2);
    // A secret half that is given for a public one is refused, and not repeated.
    let refused = stderr(&tenant.run(&["approvers", "add", "PRIVATE+KEY+x+00000000+hunter2", "--yes"]).code(2));
    assert!(!refused.contains("hunter2") || refused.contains("error: invalid value"), "{refused}");
}
