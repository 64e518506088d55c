//! The help of every command, as it is printed.

use crate::tenant::{Home, stdout};

/// Every command with its words.
const COMMANDS: &[&[&str]] = &[
    &[],
    &["demo"],
    &["doctor"],
    &["context"],
    &["context", "add"],
    &["context", "list"],
    &["context", "use"],
    &["context", "show"],
    &["context", "remove"],
    &["devices"],
    &["devices", "search"],
    &["devices", "show"],
    &["devices", "command"],
    &["devices", "tag"],
    &["compliance"],
    &["compliance", "report"],
    &["compliance", "remediate"],
    &["users"],
    &["users", "provision"],
    &["apps"],
    &["apps", "deploy"],
    &["apps", "status"],
    &["plan"],
    &["plan", "list"],
    &["plan", "show"],
    &["plan", "approve"],
    &["plan", "apply"],
    &["jobs"],
    &["jobs", "list"],
    &["jobs", "show"],
    &["jobs", "resume"],
    &["jobs", "cancel"],
    &["jobs", "retry"],
    &["operations"],
    &["operations", "wait"],
    &["audit"],
    &["audit", "list"],
    &["audit", "verify"],
    &["uem"],
    &["uem", "serve"],
];

/// The flags of every command are the same everywhere: they are shown once, with the program's own help.
const EVERYWHERE: &str = "\nEverywhere:\n";

#[test]
fn the_help_of_every_command() {
    let home = Home::new();
    for words in COMMANDS {
        let mut args = words.to_vec();
        args.push("--help");
        let text = stdout(&home.run(&args).success());
        let name = if words.is_empty() { String::from("muster") } else { words.join(" ") };
        let shown = if words.is_empty() { text } else { without_common_flags(&text) };
        insta::assert_snapshot!(name, shown);
    }
}

#[test]
fn help_and_version_touch_nothing() {
    let home = Home::new();
    for args in [&["--help"][..], &["--version"], &["jobs", "resume", "--help"], &["help", "devices"]] {
        home.run(args).success();
    }
    assert!(!home.path("home").exists(), "no state for help");
    // A broken configuration does not hide the help.
    std::fs::create_dir_all(home.path("home")).expect("a folder");
    std::fs::write(home.path("home").join("config.toml"), "not toml at all").expect("writes");
    home.run(&["--help"]).success();
}

fn without_common_flags(text: &str) -> String {
    let Some((before, after)) = text.split_once(EVERYWHERE) else { panic!("no common flags in {text}") };
    let rest = after.split_once("\n\n").map(|(_, rest)| format!("\n{rest}")).unwrap_or_default();
    format!("{before}{EVERYWHERE}  …\n{rest}")
}
