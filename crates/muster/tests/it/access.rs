//! The ways to sign in, whom to believe, and the smallest role: the real binary against a UEM served by TLS.

use std::process::Command;

use crate::tenant::{Home, Tenant, envelope, json, stderr};

/// A UEM by TLS with the certificates of an administrator, made while it was stopped.
struct Stage {
    tenant: Tenant,
    authority: String,
}

impl Stage {
    /// So many devices; `prepare` works on the UEM while it is stopped.
    fn set(flags: &[&str], prepare: impl FnOnce(&Home)) -> Self {
        let mut all = vec!["--devices", "30", "--speed", "1000", "--tls"];
        all.extend(flags);
        let tenant = Tenant::serve(&all).stopped();
        prepare(&tenant.home);
        let tenant = tenant.started_with(&["--speed", "1000", "--tls"]);
        let authority = tenant.home.path("ready.ca.pem").display().to_string();
        Self { tenant, authority }
    }

    /// `context add` with these flags beside address, authority and tenant code.
    fn add(&self, name: &str, flags: &[&str]) -> Command {
        let mut command =
            self.tenant.home.muster(&["context", "add", name, "--url", &self.tenant.ready.url, "-o", "json"]);
        command.args(["--ca-file", &self.authority, "--tenant-code", "env:CODE"]).args(flags);
        command.env("CODE", &self.tenant.ready.tenant_code).env("P12", "open sesame").env("WRONG", "no sesame");
        command.env("ADA", PASSWORD);
        command
    }
}

const PASSWORD: &str = "correct horse battery";

fn run(command: Command) -> assert_cmd::assert::Assert {
    assert_cmd::Command::from_std(command).timeout(std::time::Duration::from_secs(120)).assert()
}

fn admin(home: &Home, args: &[&str]) -> assert_cmd::assert::Assert {
    let mut command = home.muster(&[&["uem", "admin"], args, &["--data", "uem", "--yes", "-o", "json"]].concat());
    command.env("P12", "open sesame").env("ADA", PASSWORD);
    run(command)
}

/// An administrator with a certificate of each kind.
fn certified(home: &Home) {
    admin(home, &["account", "add", "ada", "--role", "Console Administrator", "--password", "env:ADA"]).success();
    for (folder, more) in [("rsa", &[][..]), ("p256", &["--p256"])] {
        std::fs::create_dir(home.path(folder)).expect("a folder");
        let issue = ["certificate", "issue", "ada", "--out", folder, "--pkcs12-password", "env:P12"];
        admin(home, &[&issue, more].concat()).success();
    }
}

#[test]
fn all_ways_to_sign_in_work_and_say_how_long_they_last() {
    let stage = Stage::set(&[], certified);
    let oauth = stage.tenant.ready.oauth.clone();
    let ways: [(&str, Vec<&str>, &str); 7] = [
        ("basic", vec!["--username", "ada", "--password", "env:ADA"], "signed in"),
        (
            "body",
            vec!["--client-id", &oauth.client_id, "--client-secret", "env:SECRET", "--token-url", &oauth.token_url],
            "by a token for",
        ),
        (
            "header",
            vec![
                "--client-id",
                &oauth.client_id,
                "--client-secret",
                "env:SECRET",
                "--token-url",
                &oauth.token_url,
                "--secret-in",
                "header",
            ],
            "by a token for",
        ),
        ("rsa", vec!["--pkcs12", "rsa/ada.p12", "--certificate-password", "env:P12"], "by the certificate of CN="),
        ("p256", vec!["--pem", "p256/ada.pem", "--key", "file:p256/ada.key.pem"], "days left"),
        ("tls", vec!["--pkcs12", "rsa/ada.p12", "--certificate-password", "env:P12", "--by", "handshake"], "days left"),
        (
            "gateway",
            vec![
                "--username",
                "ada",
                "--password",
                "env:ADA",
                "--pem",
                "p256/ada.pem",
                "--key",
                "file:p256/ada.key.pem",
            ],
            "signed in",
        ),
    ];
    for (name, flags, words) in ways {
        let mut command = stage.add(name, &flags);
        command.env("SECRET", &oauth.client_secret);
        let said = stderr(&run(command).success());
        assert!(said.contains("✓ Authentication") && said.contains(words), "{name}: {said}");
        assert!(said.contains("✓ TLS") && said.contains("good until"), "{name}: {said}");
        let mut command = stage.tenant.home.muster(&["devices", "search", "--context", name, "-o", "json"]);
        command.env("CODE", &stage.tenant.ready.tenant_code).env("P12", "open sesame").env("ADA", PASSWORD);
        command.env("SECRET", &oauth.client_secret);
        assert_eq!(json(&run(command).success()).as_array().map(Vec::len), Some(30), "{name}");
    }
    let shown = json(&stage.tenant.home.run(&["context", "show", "p256", "-o", "json"]).success());
    let value =
        |setting: &str| shown.as_array().and_then(|rows| rows.iter().find(|row| row["setting"] == setting)).cloned();
    assert_eq!(value("certificate.by").expect("is there")["value"], "signature");
    let key = value("certificate.key").expect("is there")["value"].clone();
    let whole = stage.tenant.home.path("p256/ada.key.pem").canonicalize().expect("is there");
    assert_eq!(key, format!("file:{}", whole.display()), "the next command may be given elsewhere");
    assert_eq!(value("certificate.pem").expect("is there")["origin"], "configuration file");
    let config = std::fs::read_to_string(stage.tenant.home.path("home").join("config.toml")).expect("reads");
    for secret in ["open sesame", PASSWORD, "PRIVATE KEY", &oauth.client_secret] {
        assert!(!config.contains(secret), "{config}");
    }
}

#[test]
fn each_thing_that_is_wrong_has_a_line_a_sentence_and_a_next_step() {
    let stage = Stage::set(&[], |home| {
        certified(home);
        admin(home, &["role", "add", "Blind", "--right", "tenant:read"]).success();
        admin(home, &["account", "add", "blind", "--role", "Blind", "--password", "env:ADA"]).success();
    });
    let elsewhere = Stage::set(&["--seed", "2"], certified);
    let foreign = elsewhere.tenant.home.path("rsa/ada.p12").display().to_string();
    let cases: [(Vec<&str>, i32, &str, &str); 6] = [
        (vec!["--pkcs12", "rsa/ada.p12", "--certificate-password", "env:WRONG"], 2, "E_CERTIFICATE", "does not open"),
        (vec!["--pkcs12", "rsa/ada.pem", "--certificate-password", "env:P12"], 2, "E_CERTIFICATE", "not a PKCS#12"),
        (vec!["--pem", "rsa/ada.pem", "--key", "file:p256/ada.key.pem"], 2, "E_CERTIFICATE", "does not belong"),
        (vec!["--pkcs12", &foreign, "--certificate-password", "env:P12"], 3, "E_AUTH", "does not accept the client"),
        (vec!["--username", "ada", "--password", "env:WRONG"], 3, "E_AUTH", "credentials"),
        (vec!["--username", "blind", "--password", "env:ADA"], 5, "E_PERMISSION", ""),
    ];
    for (flags, exit, code, words) in cases {
        let assert = run(stage.add("x", &flags)).code(exit);
        let error = envelope(&assert);
        assert_eq!(error["code"], code, "{error}");
        assert!(error["message"].as_str().is_some_and(|text| text.contains(words)), "{error}");
        assert!(error["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{error}");
    }
    // The key apart from the credentials, and the right apart from both.
    let mut wrong = stage.add("x", &["--username", "ada", "--password", "env:ADA"]);
    wrong.env("CODE", "bm9uZQ==");
    let said = stderr(&run(wrong).code(3));
    assert!(said.contains("✗ API key"), "{said}");
    let said = stderr(&run(stage.add("x", &["--username", "blind", "--password", "env:ADA"])).code(5));
    assert!(said.contains("✓ Authentication") && said.contains("✗ Devices"), "{said}");
    let said = stderr(&run(stage.add("x", &["--username", "ada", "--password", "env:WRONG"])).code(3));
    assert!(said.contains("✓ Dialect") && said.contains("✗ Authentication"), "{said}");
    assert!(!stage.tenant.home.path("home").join("config.toml").exists(), "nothing was added");

    // Whoever may not list devices still learns what else is there.
    run(stage.add("blind", &["--username", "blind", "--password", "env:ADA", "--no-test"])).success();
    let mut doctor = stage.tenant.home.muster(&["doctor", "--for", "provision", "-o", "json"]);
    doctor.env("CODE", &stage.tenant.ready.tenant_code).env("ADA", PASSWORD);
    let report = json(&run(doctor).code(5));
    let state = |right: &str| {
        let rows = report["for"]["rights"].as_array().expect("rights");
        rows.iter().find(|row| row["right"] == right).expect("is listed")["state"].clone()
    };
    assert_eq!((state("tenant:read"), state("devices:read")), ("held".into(), "missing".into()), "{report}");
    assert_eq!((state("users:read"), state("users:create")), ("missing".into(), "unseen".into()), "{report}");
    assert!(report["for"]["rights"].to_string().contains("does not have the permission"), "{report}");
}

#[test]
fn a_pin_needs_a_spare_and_can_stand_for_the_authority() {
    let stage = Stage::set(&[], certified);
    let home = &stage.tenant.home;
    let add = |flags: &[&str]| {
        let mut command = home.muster(&["context", "add", "pinned", "--url", &stage.tenant.ready.url, "-o", "json"]);
        command.args(["--username", "ada", "--password", "env:ADA", "--tenant-code", "env:CODE"]).args(flags);
        command.env("CODE", &stage.tenant.ready.tenant_code).env("ADA", PASSWORD);
        run(command)
    };
    // Untrusted; the key that was seen is named for whoever can compare it.
    let error = envelope(&add(&[]).code(9));
    assert_eq!(error["code"], "E_TLS");
    let text = error.to_string();
    let from = text.find("sha256/").expect("the key is named");
    let pin = text[from..from + 51].to_owned();
    let spare = format!("sha256/{}=", "A".repeat(43));
    assert!(envelope(&add(&["--pin", &pin]).code(2))["message"].as_str().is_some_and(|text| text.contains("spare")));
    add(&["--pins-only"]).code(2);
    let error = envelope(&add(&["--pin", &spare, "--pin", &spare.replace("AA=", "BE="), "--pins-only"]).code(9));
    assert!(error["message"].as_str().is_some_and(|text| text.contains("not one of the pinned ones")), "{error}");
    let both = ["--pin", &pin, "--pin", &spare];
    assert_eq!(envelope(&add(&both).code(9))["code"], "E_TLS", "a pin alone does not replace the authority");
    add(&[&both[..], &["--ca-file", &stage.authority]].concat()).success();
    let said = stderr(&add(&[&both[..], &["--pins-only", "--yes"]].concat()).success());
    assert!(said.contains("the key is pinned"), "{said}");
    let config = std::fs::read_to_string(home.path("home").join("config.toml")).expect("reads");
    assert!(config.contains("pins_only = true") && config.contains(&pin), "{config}");
}

/// A proxy that wants a name and a password, and leads everything to one address.
fn proxy(to: String) -> String {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("binds");
    let address = listener.local_addr().expect("has one");
    std::thread::spawn(move || {
        for client in listener.incoming() {
            let (Ok(mut client), to) = (client, to.clone()) else { return };
            std::thread::spawn(move || {
                let (mut head, mut byte) = (Vec::new(), [0]);
                while !head.ends_with(b"\r\n\r\n") {
                    if client.read_exact(&mut byte).is_err() {
                        return;
                    }
                    head.push(byte[0]);
                }
                // me:hush
                if !String::from_utf8_lossy(&head).contains("Basic bWU6aHVzaA==") {
                    let _ = client.write_all(b"HTTP/1.1 407 Who asks\r\nContent-Length: 0\r\n\r\n");
                    return;
                }
                let mut server = std::net::TcpStream::connect(&to).expect("connects");
                let _ = client.write_all(b"HTTP/1.1 200 OK\r\n\r\n");
                let (mut from, mut into) = (client.try_clone().expect("clones"), server.try_clone().expect("clones"));
                std::thread::spawn(move || std::io::copy(&mut from, &mut into));
                let _ = std::io::copy(&mut server, &mut client);
            });
        }
    });
    format!("http://{address}")
}

#[test]
fn a_proxy_of_the_context_is_the_way_to_a_host_that_nobody_else_knows() {
    let tenant = Tenant::serve(&["--devices", "20", "--tls", "--tls-name", "uem.example"]);
    let proxy = proxy(tenant.ready.url.trim_start_matches("https://").trim_end_matches('/').to_owned());
    let add = |more: &[&str]| {
        let mut command = tenant.home.muster(&["context", "add", "far", "--url", "https://uem.example", "-o", "json"]);
        command.args(["--ca-file", "ready.ca.pem", "--username", &tenant.ready.username]).args(more);
        command.args(["--password", "file:ready.json#password", "--tenant-code", "file:ready.json#tenant_code"]);
        command.env("PROXY", "hush").env("WRONG", "no");
        run(command)
    };
    let named = ["--proxy", &proxy, "--proxy-username", "me", "--proxy-password"];
    let error = envelope(&add(&[&named[..], &["env:WRONG"]].concat()).code(9));
    assert!(error["message"].as_str().is_some_and(|text| text.contains("the proxy refuses")), "{error}");
    add(&["--proxy", "http://me:hush@proxy.example"]).code(2);
    add(&["--proxy", "direct"]).code(9);
    let said = stderr(&add(&[&named[..], &["env:PROXY"]].concat()).success());
    assert!(said.contains("a proxy is named") && said.contains("✓ Devices"), "{said}");
    assert!(!said.contains("hush"), "{said}");
}

/// The role that `doctor --for` prints is made, given to somebody, and found to be enough for the work.
#[test]
fn the_smallest_role_that_is_printed_suffices_in_both_dialects() {
    const PURPOSES: [&str; 17] = [
        "inventory",
        "report",
        "compliance",
        "commands:SyncDevice",
        "tags",
        "set",
        "move",
        "message",
        "update",
        "delete",
        "profiles",
        "apps",
        "deploy",
        "unassign",
        "provision",
        "users",
        "user-groups",
    ];
    let tenant = Tenant::serve(&["--devices", "60", "--speed", "1000"]);
    let mut roles = Vec::new();
    for dialect in ["guide", "published"] {
        tenant.home.run(&["context", "add", dialect, "--from", "ready.json", "--dialect", dialect]).success();
        for purpose in PURPOSES {
            let report =
                json(&tenant.home.run(&["doctor", "--context", dialect, "--for", purpose, "-o", "json"]).success());
            let rights: Vec<String> = report["for"]["role"]
                .as_array()
                .expect("rights")
                .iter()
                .map(|one| one.as_str().expect("text").to_owned())
                .collect();
            assert!(
                report["for"]["rights"].as_array().is_some_and(|rows| rows.iter().all(|row| row["state"] != "missing"))
            );
            let command = report["for"]["command"].as_str().expect("a command").to_owned();
            roles.push((dialect, purpose, rights, command));
        }
    }
    let tenant = tenant.stopped();
    for (dialect, purpose, rights, command) in &roles {
        // The command as it is printed, with a name of its own.
        let name = format!("{dialect}-{}", purpose.replace(':', "-"));
        let words: Vec<&str> = command.split_whitespace().skip(6).collect();
        assert!(words.iter().filter(|word| **word != "--right").count() == rights.len(), "{command}");
        admin(&tenant.home, &[&["role", "add", &name], &words[..]].concat()).success();
        admin(&tenant.home, &["account", "add", &name, "--role", &name, "--password", "env:ADA"]).success();
    }
    let tenant = tenant.started();
    tenant.home.run(&["users", "provision", "--sample", "sample.csv"]).success();
    let sample = std::fs::read_to_string(tenant.home.path("sample.csv")).expect("reads");
    let devices = json(&tenant.home.run(&["devices", "search", "--context", "guide", "-o", "json"]).success());
    let id = devices[0]["device_id"].to_string();
    let phone = devices.as_array().into_iter().flatten().find(|device| device["platform"] == "Apple");
    let phone = phone.expect("an iPhone")["device_id"].to_string();
    let read =
        |path: &str| json(&tenant.home.run(&["api", "GET", path, "--context", "published", "-o", "json"]).success());
    let user = devices[0]["user"].as_str().expect("a user").to_owned();
    let first = |path: &str, list: &str, name: &str| read(path)[list][0][name].clone();
    let user_group = first("/system/usergroups/search", "UserGroup", "UserGroupName");
    let user_group = user_group.as_str().expect("a user group").to_owned();
    let profile = first(&format!("/mdm/devices/{id}/profiles"), "DeviceProfiles", "Id")["Value"].to_string();
    for (dialect, purpose, rights, _) in &roles {
        let name = format!("{dialect}-{}", purpose.replace(':', "-"));
        let tag = format!("of {name}");
        // Users of this dialect alone: they are made, not found.
        let users = format!("{dialect}.csv");
        let lines: Vec<String> = sample.lines().skip(1).map(|line| format!("{dialect}.{line}")).collect();
        let header = sample.lines().next().expect("a header");
        tenant.home.file(&users, format!("{header}\n{}\n", lines.join("\n")));
        let works: Vec<Vec<&str>> = match *purpose {
            "inventory" => vec![vec!["devices", "search"], vec!["devices", "show", &id]],
            "report" => vec![vec!["compliance", "report"]],
            "compliance" => vec![vec!["compliance", "remediate", "--yes"]],
            "tags" => vec![
                vec!["devices", "tag", "--add", &tag, "--id", &id, "--yes"],
                vec!["devices", "tag", "--remove", &tag, "--id", &id, "--yes"],
            ],
            "set" => vec![
                vec!["devices", "rename", &name, "--id", &id, "--yes"],
                vec!["devices", "set", "--attribute", "Site=Bonn", "--id", &id, "--yes"],
            ],
            "move" => vec![vec!["devices", "move", "571", "--id", &id, "--yes"]],
            "message" => vec![vec!["devices", "message", "hello", "--id", &id, "--yes"]],
            "update" => vec![vec!["devices", "update", "99.0", "--id", &phone, "--yes"]],
            "profiles" => vec![vec!["profiles", "install", &profile, "--id", &id, "--yes"]],
            "apps" => vec![vec!["apps", "install", "305", "--platform", "WinRT", "--yes"]],
            "users" => vec![vec!["users", "deactivate", &user, "--yes"], vec!["users", "activate", &user, "--yes"]],
            "user-groups" => vec![vec!["users", "join", &user, "--group", &user_group, "--yes"]],
            // What cannot be undone waits for an approval; what was read and planned till then suffices here.
            "delete" | "unassign" => Vec::new(),
            "provision" => vec![vec!["users", "provision", &users, "--yes"]],
            "deploy" => vec![
                vec!["apps", "deploy", "--app", "Google Chrome", "--smart-group", "All Devices", "--yes"],
                vec!["apps", "status", "Google Chrome"],
            ],
            _ => vec![vec!["devices", "command", "SyncDevice", "--id", &id, "--yes"]],
        };
        let add = [
            "context",
            "add",
            &name,
            "--url",
            &tenant.ready.url,
            "--username",
            &name,
            "--password",
            "env:ADA",
            "--tenant-code",
            "env:CODE",
            "--dialect",
            dialect,
        ];
        let with = |args: &[&str]| {
            let mut command = tenant.home.muster(&[args, &["-o", "json"]].concat());
            command.env("CODE", &tenant.ready.tenant_code).env("ADA", PASSWORD);
            run(command)
        };
        with(&add).success();
        for work in works {
            let assert = with(&[&work[..], &["--context", &name]].concat());
            assert!(assert.get_output().status.success(), "{name} {work:?} {rights:?}: {}", stderr(&assert));
        }
        // It is not more than that: another purpose's right is missed, and named.
        let other = if ["provision", "users", "user-groups"].contains(purpose) { "deploy" } else { "provision" };
        let assert = with(&["doctor", "--context", &name, "--for", other]).code(5);
        let report = json(&assert);
        let missing: Vec<&str> = report["for"]["rights"]
            .as_array()
            .expect("rights")
            .iter()
            .filter(|row| row["state"] == "missing")
            .map(|row| row["right"].as_str().expect("text"))
            .collect();
        assert!(missing.contains(&if other == "deploy" { "apps:read" } else { "users:read" }), "{report}");
    }
}

#[test]
fn the_configuration_in_the_guide_is_read() {
    let guide = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/guide/access.md");
    let text = std::fs::read_to_string(guide).expect("reads");
    let (_, rest) = text.split_once("```toml\n").expect("a block");
    let (config, _) = rest.split_once("```").expect("its end");
    let home = Home::new();
    std::fs::create_dir_all(home.path("home")).expect("a folder");
    std::fs::write(home.path("home").join("config.toml"), config).expect("writes");
    for (name, rows) in [("prod", 12), ("cloud", 9)] {
        let shown = json(&home.run(&["context", "show", name, "-o", "json"]).success());
        assert!(shown.as_array().is_some_and(|all| all.len() >= rows), "{shown}");
    }
    std::fs::write(home.path("home").join("config.toml"), config.replace("pkcs12 =", "pkcs =")).expect("writes");
    assert!(stderr(&home.run(&["context", "list"]).code(2)).contains("pkcs"));
}
