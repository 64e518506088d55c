//! The papers describe the program that is there: every command and flag, and no other.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
    process::Command,
};

use muster_workflows::{compliance::RuleTable, deployment};

/// Flags of each command by its words, `devices command` and the like; the empty one is `muster` itself.
type Commands = BTreeMap<String, BTreeSet<String>>;

#[test]
fn the_list_of_operations_has_every_command_and_flag() {
    let (commands, leaves) = commands();
    let everywhere = &commands[""];
    let sections = sections(&read("docs/guide/operations.md"));
    let mut problems = Vec::new();
    for leaf in &leaves {
        let Some(section) = sections.get(leaf) else {
            problems.push(format!("{leaf} has no section"));
            continue;
        };
        let groups = section.groups.iter().filter_map(|group| sections.get(group)).flat_map(|group| &group.flags);
        let written: BTreeSet<String> = section.flags.iter().chain(groups).cloned().collect();
        let real: BTreeSet<String> = commands[leaf].difference(everywhere).cloned().collect();
        problems.extend(real.difference(&written).map(|flag| format!("{leaf}: {flag} is not described")));
        problems.extend(written.difference(&real).map(|flag| format!("{leaf}: {flag} does not exist")));
    }
    let written = sections.get("#everywhere").map(|section| section.flags.clone()).unwrap_or_default();
    problems.extend(everywhere.difference(&written).map(|flag| format!("everywhere: {flag} is not described")));
    problems.extend(written.difference(everywhere).map(|flag| format!("everywhere: {flag} does not exist")));
    let unknown = sections.keys().filter(|name| !name.starts_with('#') && !commands.contains_key(*name));
    problems.extend(unknown.map(|name| format!("{name} is no command")));
    assert!(problems.is_empty(), "docs/guide/operations.md:\n  {}", problems.join("\n  "));
}

/// The flags that a section describes, each in a row of a table, and the groups of flags that it links to.
#[derive(Default)]
struct Section {
    flags: BTreeSet<String>,
    groups: BTreeSet<String>,
}

/// By the command in the heading, or by the anchor of a heading that names none.
fn sections(text: &str) -> BTreeMap<String, Section> {
    let mut sections: BTreeMap<String, Section> = BTreeMap::new();
    let mut name = String::from("#");
    for line in text.lines() {
        if line.starts_with('#') {
            let heading = line.trim_start_matches('#').trim();
            name = match heading.strip_prefix("`muster ").and_then(|rest| rest.strip_suffix('`')) {
                Some(command) => command.to_owned(),
                None => format!("#{}", heading.to_lowercase().replace(' ', "-")),
            };
        }
        let section = sections.entry(name.clone()).or_default();
        if let Some((flags, _)) = line.strip_prefix("| `").and_then(|rest| rest.split_once('`')) {
            section.flags.extend(flags_in(flags));
        }
        let links = line.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
        section.groups.extend(links.filter(|target| target.starts_with('#')).map(str::to_owned));
    }
    sections
}

#[test]
fn a_command_line_in_the_papers_can_be_typed() {
    let (commands, _) = commands();
    let mut problems = Vec::new();
    for paper in [
        "README.md",
        "CONTRIBUTING.md",
        "docs/guide/quickstart.md",
        "docs/guide/operations.md",
        "docs/guide/recipes.md",
        "docs/guide/access.md",
        "docs/guide/changes.md",
        "docs/guide/api.md",
    ] {
        for line in command_lines(&read(paper)) {
            let words: Vec<&str> =
                line.split_whitespace().take_while(|word| !["#", "|", ">", "&&"].contains(word)).collect();
            let arguments = match words[..] {
                ["muster", ref rest @ ..] => rest,
                ["cargo", "run", "--release", "--", ref rest @ ..] | ["cargo", "run", "--", ref rest @ ..] => rest,
                _ => continue,
            };
            let mut name = String::new();
            for word in arguments {
                let longer = format!("{name} {word}").trim().to_owned();
                if !commands.contains_key(&longer) {
                    break;
                }
                name = longer;
            }
            for flag in arguments.iter().copied().flat_map(flags_in) {
                if !commands[&name].contains(&flag) && !commands[""].contains(&flag) {
                    problems.push(format!("{paper}: {line}: no {flag}"));
                }
            }
            if name.is_empty() && arguments.first().is_some_and(|word| !word.starts_with('-')) {
                problems.push(format!("{paper}: {line}: no such command"));
            }
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_files_in_the_recipes_can_be_used() {
    let text = read("docs/guide/recipes.md");
    let tables = blocks(&text, "toml");
    assert!(!tables.is_empty());
    for table in tables {
        let table: RuleTable = toml_edit::de::from_str(table).unwrap_or_else(|error| panic!("{error} in\n{table}"));
        table.check("recipes.md").expect("a table of remedies");
    }
    let deployments = blocks(&text, "yaml");
    assert!(!deployments.is_empty());
    for file in deployments {
        deployment::read("recipes.md", file).expect("deployments");
    }
}

/// The contents of fenced blocks in a language.
fn blocks<'a>(text: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    text.split(fence.as_str()).skip(1).filter_map(|rest| rest.split_once("```")).map(|(block, _)| block).collect()
}

fn read(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(name);
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What follows `$ ` in blocks of a console, with continued lines joined.
fn command_lines(text: &str) -> Vec<String> {
    let joined = text.replace("\\\n", " ");
    joined.lines().filter_map(|line| line.trim_start().strip_prefix("$ ").map(str::to_owned)).collect()
}

/// The long flags in `-n, --dry-run` or `--report <FILE>`.
fn flags_in(text: &str) -> BTreeSet<String> {
    let flag = |word: &str| {
        let end = word.find(|letter: char| !(letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-'));
        word[..end.unwrap_or(word.len())].trim_end_matches('-').to_owned()
    };
    text.split([' ', ',', '=']).filter(|word| word.starts_with("--") && word.len() > 2).map(flag).collect()
}

/// Every command with its flags, and the names of those that have no commands below them.
fn commands() -> (Commands, Vec<String>) {
    let (mut found, mut leaves, mut open) = (Commands::new(), Vec::new(), vec![String::new()]);
    while let Some(name) = open.pop() {
        let help = help(&name);
        let below: Vec<String> = list_under(&help, "Commands:").into_iter().filter(|word| word != "help").collect();
        if below.is_empty() {
            leaves.push(name.clone());
        }
        open.extend(below.iter().map(|word| format!("{name} {word}").trim().to_owned()));
        // A deeper indent continues a description.
        let begins = |line: &&str| line.starts_with("  -") || line.starts_with("      --");
        let mut flags: BTreeSet<String> = help.lines().filter(begins).flat_map(flags_in).collect();
        flags.remove("--help");
        flags.remove("--version");
        found.insert(name, flags);
    }
    leaves.sort();
    (found, leaves)
}

fn help(name: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_muster"))
        .args(name.split_whitespace())
        .arg("--help")
        .env_clear()
        .output()
        .expect("the binary runs");
    assert!(output.status.success(), "muster {name} --help");
    String::from_utf8(output.stdout).expect("text")
}

/// The first words of the indented lines under a heading.
fn list_under(help: &str, heading: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| *line != heading).skip(1).take_while(|line| line.starts_with("  "));
    // A longer indent continues the description of the line before.
    let begins = lines.filter(|line| !line[2..].starts_with(' '));
    begins.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}
