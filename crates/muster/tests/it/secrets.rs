//! Secrets of files and programs: set, looked at, removed, listed and tested by the real binary.

use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use assert_cmd::assert::Assert;

use crate::tenant::{Home, Tenant, json, stderr, stdout};

/// Runs the program with something on stdin.
pub(crate) fn typed(command: Command, input: &str) -> Assert {
    assert_cmd::Command::from_std(command).write_stdin(input).timeout(std::time::Duration::from_secs(120)).assert()
}

fn with_passphrase(home: &Home, passphrase: &str, args: &[&str]) -> Command {
    let mut command = home.muster(args);
    command.env("MUSTER_PASSPHRASE", passphrase);
    command
}

#[test]
fn a_secret_is_read_from_stdin_and_shown_only_if_asked_for() {
    let home = Home::new();
    let reference = format!("file:{}", home.path("key").display());
    let set = typed(home.muster(&["secrets", "set", &reference]), "s3cret\n").success();
    assert!(!stderr(&set).contains("s3cret") && stdout(&set).is_empty());
    assert_eq!(std::fs::metadata(home.path("key")).expect("is there").permissions().mode() & 0o777, 0o600);
    let get = home.run(&["secrets", "get", &reference]).success();
    assert_eq!(json(&get)["characters"], 6);
    assert!(!stdout(&get).contains("s3cret"));
    assert_eq!(stdout(&home.run(&["secrets", "get", &reference, "--reveal"]).success()), "s3cret\n");
    // Removing is asked for, and nobody is there to answer.
    home.run(&["secrets", "remove", &reference]).code(8);
    home.run(&["secrets", "remove", &reference, "--yes"]).success();
    home.run(&["secrets", "get", &reference]).code(2);
}

#[test]
fn a_secret_never_stands_on_the_command_line() {
    let home = Home::new();
    let text = stderr(&home.run(&["secrets", "set", "hunter2"]).code(2));
    assert!(!text.contains("hunter2"), "{text}");
    typed(home.muster(&["secrets", "set", "env:X"]), "s3cret").code(2);
    typed(home.muster(&["secrets", "set", "file:key"]), "").code(2);
    typed(home.muster(&["secrets", "set", "file:key"]), "two\nlines\n").code(2);
    typed(home.muster(&["secrets", "set", "file:key", "--expires-in", "1h"]), "s3cret").code(2);
    assert!(!home.path("key").exists());
}

#[test]
fn a_sealed_file_opens_for_its_passphrase_only() {
    let home = Home::new();
    let args = ["secrets", "set", "sealed:uem.sealed#key"];
    typed(with_passphrase(&home, "horse", &[&args[..], &["--expires-in", "24h"]].concat()), "s3cret").success();
    typed(with_passphrase(&home, "horse", &["secrets", "set", "sealed:uem.sealed#pw"]), "other").success();
    let bytes = std::fs::read(home.path("uem.sealed")).expect("reads");
    assert!(bytes.starts_with(b"MUSTER-SEALED") && !bytes.windows(6).any(|window| window == b"s3cret"));
    assert_eq!(std::fs::metadata(home.path("uem.sealed")).expect("is there").permissions().mode() & 0o777, 0o600);

    let get = |passphrase, name: &str| {
        let reference = format!("sealed:uem.sealed#{name}");
        typed(with_passphrase(&home, passphrase, &["secrets", "get", &reference, "--reveal"]), "")
    };
    assert_eq!(stdout(&get("horse", "key").success()), "s3cret\n");
    assert!(stderr(&get("Horse", "key").code(2)).contains("passphrase is wrong"));
    assert!(stderr(&get("horse", "nothing").code(2)).contains("holds no secret `nothing`"));
    let facts =
        json(&typed(with_passphrase(&home, "horse", &["secrets", "get", "sealed:uem.sealed#key"]), "").success());
    assert!(facts["expires_at"].is_string() && facts["changed_at"].is_string(), "{facts}");
    // Nobody can be asked for the passphrase, and nobody is.
    assert!(stderr(&home.run(&["secrets", "get", "sealed:uem.sealed#key"]).code(2)).contains("MUSTER_PASSPHRASE"));
    // Neither is a value put into a file that opens for another passphrase.
    typed(with_passphrase(&home, "Horse", &["secrets", "set", "sealed:uem.sealed#key"]), "x").code(2);
    typed(with_passphrase(&home, "horse", &["secrets", "remove", "sealed:uem.sealed#key", "--yes"]), "").success();
    assert_eq!(stdout(&get("horse", "pw").success()), "other\n");
    std::fs::set_permissions(home.path("uem.sealed"), std::fs::Permissions::from_mode(0o644)).expect("sets the mode");
    assert!(stderr(&get("horse", "pw").code(2)).contains("chmod 600"));
}

#[test]
fn a_context_signs_in_with_secrets_of_every_local_place() {
    let tenant = Tenant::with_devices(20);
    let home = &tenant.home;
    let key = format!("{}\n", tenant.ready.tenant_code);
    typed(with_passphrase(home, "horse", &["secrets", "set", "sealed:uem.sealed#key"]), &key).success();
    home.file("pw.txt", &tenant.ready.password);
    let url = tenant.ready.url.as_str();
    let password = format!("exec:cat {}", home.path("pw.txt").display());
    let add = [
        "context",
        "add",
        "local",
        "--url",
        url,
        "--username",
        &tenant.ready.username,
        "--password",
        &password,
        "--tenant-code",
        "sealed:uem.sealed#key",
    ];
    typed(with_passphrase(home, "horse", &add), "").success();
    let devices = typed(with_passphrase(home, "horse", &["devices", "search", "-o", "json"]), "").success();
    assert_eq!(json(&devices).as_array().map(Vec::len), Some(20));

    // The passphrase may come from a reference of its own.
    home.file("passphrase", "horse\n");
    let passphrase = home.path("passphrase");
    std::fs::set_permissions(&passphrase, std::fs::Permissions::from_mode(0o600)).expect("sets the mode");
    let config = home.path("home").join("config.toml");
    let text = std::fs::read_to_string(&config).expect("reads");
    let reference = format!("file:{}", passphrase.display());
    let more = format!("[secrets]\npassphrase = \"{reference}\"\n[approvals]\nkey = \"{reference}\"\n");
    std::fs::write(&config, format!("{text}\n{more}")).expect("writes");
    home.run(&["devices", "search"]).success();

    // What is in use is listed without being looked at, and tested when that is asked for.
    let listed = json(&home.run(&["secrets", "list", "-o", "json"]).success());
    let row = |rows: &serde_json::Value, reference: &str| {
        let rows = rows.as_array().expect("a list");
        rows.iter().find(|row| row["reference"] == reference).unwrap_or_else(|| panic!("no {reference}")).clone()
    };
    let sealed = row(&listed, "sealed:uem.sealed#key");
    assert_eq!((&sealed["used_by"], &sealed["checked_at"]), (&"local: tenant_code".into(), &serde_json::Value::Null));
    let by = row(&listed, &reference)["used_by"].to_string();
    assert!(by.contains("secrets.passphrase") && by.contains("approvals.key"), "{by}");
    let checked = json(&home.run(&["secrets", "check", "-o", "json"]).success());
    assert_eq!(row(&checked, "sealed:uem.sealed#key")["detail"], "the tenant takes it", "{checked}");
    let listed = json(&home.run(&["secrets", "list", "-o", "json"]).success());
    assert_eq!(row(&listed, "sealed:uem.sealed#key")["check"], "ok", "{listed}");

    // A wrong one is found, and said of each secret that is part of the sign-in.
    std::fs::write(home.path("pw.txt"), "wrong").expect("writes");
    let checked = json(&home.run(&["secrets", "check", "-o", "json"]).code(3));
    assert_eq!(row(&checked, &password)["status"], "refused", "{checked}");
    std::fs::remove_file(home.path("pw.txt")).expect("removes");
    let checked = json(&home.run(&["secrets", "check", "-o", "json"]).code(2));
    assert_eq!(row(&checked, &password)["status"], "failed", "{checked}");
}

#[test]
fn the_doctor_watches_the_age_of_secrets() {
    let tenant = Tenant::with_devices(20);
    let home = &tenant.home;
    home.run(&["context", "add", "local", "--from", "ready.json"]).success();
    let line = |code: i32| {
        let report = json(&home.run(&["doctor", "-o", "json"]).code(code));
        let checks = report["checks"].as_array().expect("a list").clone();
        checks.into_iter().find(|check| check["check"] == "Secrets").expect("the line")
    };
    assert!(line(0)["detail"].as_str().is_some_and(|text| text.contains("none is old")), "{}", line(0));
    let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_700_000_000);
    let ready = std::fs::File::options().write(true).open(home.path("ready.json")).expect("opens");
    ready.set_modified(long_ago).expect("sets the time");
    assert!(line(0)["detail"].as_str().is_some_and(|text| text.contains("days old")), "{}", line(0));

    // What is beyond its time fails.
    let mut set = home.muster(&["secrets", "set", "sealed:s#key", "--expires-in", "1ms"]);
    set.env("MUSTER_PASSPHRASE", "horse");
    typed(set, &tenant.ready.tenant_code).success();
    let config = home.path("home").join("config.toml");
    let text = std::fs::read_to_string(&config).expect("reads");
    let old = text.lines().find(|line| line.starts_with("tenant_code")).expect("the key").to_owned();
    std::fs::write(&config, text.replace(&old, "tenant_code = \"sealed:s#key\"")).expect("writes");
    let mut doctor = home.muster(&["doctor", "-o", "json"]);
    doctor.env("MUSTER_PASSPHRASE", "horse");
    let report = json(&typed(doctor, "").code(3));
    assert!(report["checks"].to_string().contains("E_SECRET_OVER"), "{report}");
}
