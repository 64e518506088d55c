//! Contexts, references to secrets, and the order of the layers.

use std::os::unix::fs::PermissionsExt as _;

use crate::tenant::{Home, Tenant, envelope, json, stderr, stdout};

const CONFIG: &str = "\
# kept
current_context = \"prod\"

[contexts.prod]
url = \"https://uem.invalid\"
tenant_code = \"env:CODE\"

[contexts.prod.basic]
username = \"api\"
password = \"env:PW\"
";

fn with_config(text: &str) -> Home {
    let home = Home::new();
    std::fs::create_dir_all(home.path("home")).expect("a folder");
    std::fs::write(home.path("home").join("config.toml"), text).expect("writes");
    home
}

#[test]
fn without_a_tenant_the_way_to_one_is_shown() {
    let error = envelope(&Home::new().run(&["devices", "search", "-o", "json"]).code(2));
    assert_eq!(error["code"], "E_CONFIG");
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("muster context add")), "{error}");
}

#[test]
fn an_unknown_key_in_the_configuration_is_named_with_its_line() {
    let home = with_config(&CONFIG.replace("tenant_code", "tenant_cod"));
    let text = stderr(&home.run(&["context", "list"]).code(2));
    assert!(text.contains("tenant_cod") && text.contains("line 6"), "{text}");
}

#[test]
fn an_unknown_context_is_answered_with_a_near_one() {
    let home = with_config(CONFIG);
    let error = envelope(&home.run(&["devices", "search", "--context", "prd", "-o", "json"]).code(2));
    assert_eq!((&error["code"], &error["candidates"][0]), (&"E_UNKNOWN_CONTEXT".into(), &"prod".into()));
    home.run(&["context", "use", "nonsense"]).code(2);
}

#[test]
fn an_inline_secret_is_refused_and_not_repeated() {
    let home = Home::new();
    let assert = home
        .run(&[
            "context",
            "add",
            "a",
            "--url",
            "https://uem.invalid",
            "--username",
            "api",
            "--password",
            "hunter2",
            "--tenant-code",
            "env:CODE",
            "--no-test",
        ])
        .code(2);
    let text = stderr(&assert);
    assert!(text.contains("env:NAME") && !text.contains("hunter2"), "{text}");
    assert!(!home.path("home").join("config.toml").exists());
}

#[test]
fn a_secret_file_that_others_may_read_is_refused() {
    let home = Home::new();
    let secret = home.file("secret", "s3cret\n");
    let add =
        ["context", "add", "a", "--url", "https://uem.invalid", "--client-id", "c", "--token-url", "https://t.invalid"];
    let reference = format!("file:{secret}");
    let mut args = add.to_vec();
    args.extend(["--client-secret", reference.as_str(), "--no-test"]);
    home.run(&args).success();
    std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o644)).expect("sets the mode");
    let text = stderr(&home.run(&["devices", "search"]).code(2));
    assert!(text.contains("may be read by others") && text.contains("chmod 600"), "{text}");
}

#[test]
fn contexts_are_added_listed_shown_used_and_removed() {
    let tenant = Tenant::with_devices(20);
    let home = &tenant.home;
    let text = stderr(&home.run(&["context", "add", "local", "--from", "ready.json"]).success());
    assert!(text.contains("✓ Authentication") && text.contains("Added the context local"), "{text}");
    let config = std::fs::read_to_string(home.path("home").join("config.toml")).expect("reads");
    assert!(!config.contains(&tenant.ready.password) && !config.contains(&tenant.ready.tenant_code), "{config}");

    let list = json(&home.run(&["context", "list", "-o", "json"]).success());
    assert_eq!(
        (&list[0]["name"], &list[0]["current"], &list[0]["dialect"]),
        (&"local".into(), &true.into(), &"guide".into())
    );
    let devices = json(&home.run(&["devices", "search", "-o", "json"]).success());
    assert_eq!(devices.as_array().map(Vec::len), Some(20));

    home.run(&["context", "add", "other", "--from", "ready.json", "--no-test"]).success();
    home.run(&["context", "use", "other"]).success();
    let shown = json(&home.run(&["context", "show", "-o", "json"]).success());
    let value = |setting: &str| {
        let rows = shown.as_array().expect("a list");
        rows.iter().find(|row| row["setting"] == setting).map(|row| row["value"].clone()).unwrap_or_default()
    };
    assert_eq!(value("context"), "other");
    assert!(value("password").as_str().is_some_and(|text| text.starts_with("file:")), "{shown}");

    // Forgetting is asked for, and nobody is there to answer.
    home.run(&["context", "remove", "other"]).code(8);
    home.run(&["context", "remove", "other", "--yes"]).success();
    assert_eq!(json(&home.run(&["context", "list", "-o", "json"]).success()).as_array().map(Vec::len), Some(1));
}

#[test]
fn a_context_that_cannot_be_reached_is_not_added_unless_asked() {
    let home = Home::new();
    let add = [
        "context",
        "add",
        "a",
        "--url",
        "http://127.0.0.1:9",
        "--username",
        "api",
        "--password",
        "env:PW",
        "--tenant-code",
        "env:CODE",
    ];
    let mut command = home.muster(&add);
    command.env("PW", "p").env("CODE", "c");
    let assert = assert_cmd::Command::from_std(command).assert().code(9);
    assert!(stderr(&assert).contains("--no-test"), "{}", stderr(&assert));
    assert!(!home.path("home").join("config.toml").exists());
    let mut args = add.to_vec();
    args.push("--no-test");
    home.run(&args).success();
    assert!(stdout(&home.run(&["context", "list", "-o", "csv"]).success()).contains("http://127.0.0.1:9"));
}

#[test]
fn the_environment_alone_names_a_tenant() {
    let tenant = Tenant::with_devices(20);
    let shown = tenant.json(&["context", "show", "-o", "json"]);
    assert!(shown.as_array().is_some_and(|rows| rows.iter().any(|row| row["origin"] == "MUSTER_URL")), "{shown}");
    let mut both = tenant.muster(&["devices", "search"]);
    both.env("MUSTER_CONTEXT", "prod");
    assert_cmd::Command::from_std(both).assert().code(2);
}

#[test]
fn wrong_words_in_the_environment_are_named() {
    let home = Home::new();
    let mut command = home.muster(&["context", "list"]);
    command.env("MUSTER_OUTPUT", "xml");
    let assert = assert_cmd::Command::from_std(command).assert().code(2);
    assert!(stderr(&assert).contains("MUSTER_OUTPUT"));
}
