//! The help of every command, as it is printed.

use crate::tenant::{Home, stdout};

/// The flags of every command are the same everywhere: they are shown once, with the program's own help.
const EVERYWHERE: &str = "\nEverywhere:\n";

#[test]
fn the_help_of_every_command() {
    let home = Home::new();
    let mut open: Vec<Vec<String>> = vec![Vec::new()];
    let mut seen = 0;
    while let Some(words) = open.pop() {
        let args: Vec<&str> = words.iter().map(String::as_str).chain(["--help"]).collect();
        let text = stdout(&home.run(&args).success());
        open.extend(below(&text).map(|word| words.iter().cloned().chain([word.to_owned()]).collect()));
        let name = if words.is_empty() { String::from("muster") } else { words.join(" ") };
        let shown = if words.is_empty() { text } else { without_common_flags(&text) };
        insta::assert_snapshot!(name, shown);
        seen += 1;
    }
    assert!(seen > 40, "the help names only {seen} commands");
}

/// The commands that a help lists.
pub(crate) fn below(text: &str) -> impl Iterator<Item = &str> {
    let list = text.split_once("\nCommands:\n").map_or("", |(_, rest)| rest);
    let lines = list.lines().take_while(|line| !line.is_empty());
    // A continued explanation is indented further than a name.
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help")
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
