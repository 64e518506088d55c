//! The keyring of a desktop: GNOME Keyring on a D-Bus session of its own. Where it is not installed, or this build has
//! no keyring, the story is left out and says so; with `MUSTER_REQUIRE_KEYRING=1` that is a failure.

use std::process::Command;

use crate::tenant::{Home, MUSTER};

#[allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test is told what has to be installed, and tells what it left out"
)]
/// Starts a session, unlocks a new keyring in it and runs a script with `muster` as `$M`.
fn session(home: &Home, script: &str) -> Option<std::process::Output> {
    let wish = std::env::var_os("MUSTER_REQUIRE_KEYRING").is_some_and(|wish| wish == "1");
    let missing = missing();
    if let Some(missing) = &missing {
        assert!(!wish, "MUSTER_REQUIRE_KEYRING is 1, and {missing}");
        // The one place where a test speaks: a story that was left out must not look like one that was told.
        eprintln!("left out: {missing}");
        return None;
    }
    for folder in ["home", "run", "desktop"] {
        std::fs::create_dir_all(home.path(folder)).expect("a folder");
    }
    let begin = "printf unlocked | gnome-keyring-daemon --unlock --components=secrets >/dev/null && ";
    let output = Command::new("dbus-run-session")
        .args(["--", "sh", "-e", "-c", &format!("{begin}{{ {script}; }}")])
        .current_dir(home.folder.path())
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", home.path("desktop"))
        .env("XDG_RUNTIME_DIR", home.path("run"))
        .env("MUSTER_HOME", home.path("home"))
        .env("M", MUSTER)
        .output();
    Some(output.expect("the session runs"))
}

fn missing() -> Option<String> {
    if !cfg!(feature = "keyring") {
        return Some("this build has no keyring (--features keyring)".to_owned());
    }
    ["dbus-run-session", "gnome-keyring-daemon", "secret-tool"]
        .into_iter()
        .find(|program| {
            let found = Command::new("sh").args(["-c", &format!("command -v {program}")]).output();
            !found.is_ok_and(|found| found.status.success())
        })
        .map(|program| format!("{program} is not installed"))
}

#[track_caller]
fn told(output: &std::process::Output) -> String {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    out.into_owned()
}

#[test]
fn a_secret_is_kept_in_the_keyring_where_others_find_it() {
    let home = Home::new();
    let script = "\
        printf s3cret | $M secrets set keyring:muster/prod; \
        $M secrets get keyring:muster/prod --reveal; \
        secret-tool lookup service muster username prod; echo; \
        printf other | secret-tool store --label=theirs service theirs username me; \
        $M secrets get keyring:theirs/me --reveal; \
        printf changed | $M secrets set keyring:muster/prod; \
        $M secrets get keyring:muster/prod --reveal; \
        $M secrets remove keyring:muster/prod --yes; \
        $M secrets get keyring:muster/prod 2>&1 || echo gone";
    let Some(output) = session(&home, script) else { return };
    let text = told(&output);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..4], ["s3cret", "s3cret", "other", "changed"], "{text}");
    assert!(text.contains("has no entry muster/prod") && text.ends_with("gone\n"), "{text}");
}

#[test]
fn a_locked_or_missing_keyring_is_told_and_not_worked_around() {
    if missing().is_some() {
        // The story above says so.
        return;
    }
    let home = Home::new();
    let mut get = home.muster(&["secrets", "get", "keyring:muster/prod"]);
    get.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", home.path("no-bus").display()));
    let run = assert_cmd::Command::from_std(get).assert().code(2);
    let text = crate::tenant::stderr(&run);
    assert!(text.contains("keyring of this machine cannot be used") && text.contains("sealed:"), "{text}");
}

#[test]
fn a_build_without_a_keyring_says_so() {
    if cfg!(feature = "keyring") {
        return;
    }
    let run = Home::new().run(&["secrets", "get", "keyring:muster/prod"]).code(2);
    let text = crate::tenant::stderr(&run);
    assert!(text.contains("--features keyring"), "{text}");
}
