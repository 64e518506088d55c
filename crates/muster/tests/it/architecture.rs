//! The rules of the house, kept by machine. ARCHITECTURE.md states them for people; where it does so in a table, the
//! table is read here, so that paper and code cannot part.
//!
//! What the compiler or clippy can refuse is not repeated: see `clippy.toml` and the lints of the workspace.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::Command,
};

use toml_edit::{DocumentMut, Item, TableLike};

/// Lines of a file from which on it should be split, and must be.
const LONG: usize = 350;
const TOO_LONG: usize = 600;

/// With `--nocapture` it also shows what it sees: each crate, its lines and its edges.
#[test]
#[expect(clippy::print_stdout, reason = "shown only to those who ask the harness for it")]
fn crates_depend_on_each_other_as_the_paper_says() {
    let table = table("## The rooms");
    let mut problems = Vec::new();
    let mut seen = BTreeSet::new();
    for (room, manifest) in manifests() {
        seen.insert(room.clone());
        let Some(row) = table.get(&room) else {
            problems.push(format!("crates/{room} has no row in the table of rooms"));
            continue;
        };
        let written = words_of(&row["Uses"]);
        let real = ours(&manifest, "dependencies");
        let lines = |source: &Source| source.text.lines().count();
        let (tests, code): (Vec<Source>, Vec<Source>) =
            sources(&format!("crates/{room}")).into_iter().partition(|source| source.name.contains("/tests/"));
        let (code, tests) = (code.iter().map(lines).sum::<usize>(), tests.iter().map(lines).sum::<usize>());
        println!("{room:<10} {code:>6} lines, {tests:>5} of tests  → {real:?}");
        if written != real {
            problems.push(format!("{room}: the paper says {written:?}, the manifest says {real:?}"));
        }
        let test_doubles = BTreeSet::from(["uem".to_owned(), "store".to_owned()]);
        for extra in ours(&manifest, "dev-dependencies").difference(&test_doubles) {
            problems.push(format!("{room}: tests may add uem and store only, not {extra}"));
        }
    }
    problems.extend(table.keys().filter(|room| !seen.contains(*room)).map(|room| format!("{room} does not exist")));
    none(&problems);
}

#[test]
fn versions_are_written_in_the_root_manifest_only() {
    let mut problems = Vec::new();
    for (room, manifest) in manifests() {
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            for (name, entry) in entries(&manifest, section) {
                let inherited = entry.get("workspace").and_then(Item::as_bool) == Some(true);
                let itself = entry.get("path").and_then(Item::as_str) == Some(".");
                if !inherited && !itself {
                    problems.push(format!("{room}: {name} does not take its version from the workspace"));
                }
            }
        }
    }
    none(&problems);
}

#[test]
fn a_dependency_that_is_declared_is_used() {
    let (mut problems, mut taken) = (Vec::new(), BTreeSet::new());
    let all = |under: String| sources(&under).into_iter().map(|source| source.text).collect::<String>();
    for (room, manifest) in manifests() {
        let code = all(format!("crates/{room}/src"));
        let mut tests = all(format!("crates/{room}/tests")) + &all(format!("crates/{room}/benches"));
        // Benchmarks share their yardsticks: `#[path = "../../../client/benches/goals/server.rs"]`.
        let lent: Vec<&str> = tests.lines().filter_map(|line| line.strip_prefix("#[path = \"../../../")).collect();
        let lent: Vec<String> =
            lent.iter().map(|rest| rest.trim_end_matches("\"]")).map(|name| read(&format!("crates/{name}"))).collect();
        tests.extend(lent);
        for (section, text) in [("dependencies", code.clone()), ("dev-dependencies", code + &tests)] {
            for (name, _) in entries(&manifest, section) {
                if !has_word(&text, &name.replace('-', "_")) {
                    problems.push(format!("{room} declares {name} and never names it"));
                }
                taken.insert(name);
            }
        }
    }
    let root: DocumentMut = read("Cargo.toml").parse().expect("the root manifest");
    let declared = root["workspace"]["dependencies"].as_table_like().expect("a table").iter().map(|(name, _)| name);
    problems.extend(declared.filter(|name| !taken.contains(*name)).map(|name| format!("nobody takes {name}")));
    none(&problems);
}

#[test]
fn the_parts_of_the_engine_keep_their_order() {
    none(&parts_out_of_order("engine", &table("### Inside engine")));
}

#[test]
fn callers_and_devices_of_the_uem_meet_in_its_store_only() {
    none(&parts_out_of_order("uem", &table("### Inside uem")));
}

/// Changes are sent by the runner and its verbs alone; the wiring hands the handle through.
#[test]
fn only_the_engines_runner_holds_a_writer() {
    let may =
        ["crates/client/src/", "crates/engine/src/runner/", "crates/engine/src/verbs/", "crates/muster/src/wiring.rs"];
    let mut problems = Vec::new();
    for source in sources("crates") {
        // Examples and benches stand for other people's programs, which have no engine.
        let outside = ["/tests/", "/examples/", "/benches/"].iter().any(|folder| source.name.contains(folder));
        if outside || may.iter().any(|place| source.name.starts_with(place)) {
            continue;
        }
        for (number, line) in source.lines() {
            // The writer of a CSV file is another thing of the same name.
            if has_word(&line.replace("csv::Writer", ""), "Writer") {
                problems.push(format!("{}:{number} names the Writer", source.name));
            }
        }
    }
    none(&problems);
}

#[test]
fn a_path_that_a_paper_names_exists() {
    let mut problems = Vec::new();
    for name in tracked().into_iter().filter(|name| name.ends_with(".md")) {
        let text = read(&name);
        let folder = Path::new(&name).parent().unwrap_or(Path::new("")).to_owned();
        for (number, line) in text.lines().enumerate() {
            for path in quoted(line).filter(|path| is_our_path(path)) {
                if !root().join(path.trim_end_matches('/')).exists() {
                    problems.push(format!("{name}:{} names {path}", number + 1));
                }
            }
            for path in linked(line) {
                if !root().join(&folder).join(path).exists() {
                    problems.push(format!("{name}:{} links to {path}", number + 1));
                }
            }
        }
    }
    none(&problems);
}

#[test]
fn no_file_grows_too_long() {
    let mut problems = Vec::new();
    for source in sources("crates").into_iter().filter(|source| !source.name.contains("/tests/")) {
        let lines = source.code.lines().count();
        if lines > TOO_LONG {
            problems.push(format!("{} has {lines} lines; {TOO_LONG} is the end", source.name));
        } else if lines > LONG {
            // Past the capture of the harness: a warning that nobody sees is none.
            let _ = writeln!(io::stderr(), "long: {} has {lines} lines; split it before {TOO_LONG}", source.name);
        }
    }
    none(&problems);
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent = sources("crates").into_iter().filter(|source| !source.text.starts_with("//! "));
    none(&silent.map(|source| format!("{} does not open with //!", source.name)).collect::<Vec<_>>());
}

#[test]
fn an_exception_to_a_lint_gives_its_reason() {
    let mut problems = Vec::new();
    for source in sources("crates") {
        let mut rest = source.text.as_str();
        for mark in ["#[allow(", "#![allow(", "#[expect(", "#![expect("] {
            while let Some((_, after)) = rest.split_once(mark) {
                let inside = after.split_once(")]").map_or(after, |(inside, _)| inside);
                if !inside.contains("reason") && !source.name.ends_with("/architecture.rs") {
                    problems.push(format!("{}: {mark}{inside})]", source.name));
                }
                rest = after;
            }
            rest = source.text.as_str();
        }
    }
    none(&problems);
}

#[test]
fn a_module_has_a_name_of_its_own() {
    let empty = ["util", "utils", "helper", "helpers", "common", "manager", "misc"];
    let named = |name: &String| {
        empty.iter().any(|word| name.ends_with(&format!("/{word}.rs")) || name.contains(&format!("/{word}/")))
    };
    none(&tracked().into_iter().filter(|name| name.ends_with(".rs") && named(name)).collect::<Vec<_>>());
}

#[test]
fn a_crate_has_one_binary_of_tests() {
    let mut problems = Vec::new();
    for name in tracked() {
        let parts: Vec<&str> = name.split('/').collect();
        if let ["crates", room, "tests", place, ..] = parts[..]
            && place != "it"
            && name.ends_with(".rs")
        {
            problems.push(format!("{name}: tests of {room} are modules of crates/{room}/tests/it"));
        }
    }
    none(&problems);
}

#[test]
fn no_file_names_the_machine_it_was_written_on() {
    // Put together here, so that this file does not name them either.
    let machine = [concat!("/wo", "rk/"), concat!("/ro", "ot/")];
    let mut problems = Vec::new();
    for name in tracked() {
        let Ok(text) = fs::read_to_string(root().join(&name)) else { continue };
        for (number, line) in text.lines().enumerate() {
            if machine.iter().any(|path| line.contains(path)) {
                problems.push(format!("{name}:{}", number + 1));
            }
        }
    }
    none(&problems);
}

// ---------------------------------------------------------------------------------------------------------------------

fn none(problems: &[String]) {
    let mut text = String::new();
    for problem in problems {
        let _ = writeln!(text, "  {problem}"); // writing to a String cannot fail
    }
    assert!(problems.is_empty(), "{} broken:\n{text}", problems.len());
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the root of the workspace")
}

fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Every file that belongs to the project, relative to its root.
fn tracked() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output();
    if let Ok(output) = listed
        && output.status.success()
    {
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        return text.lines().filter(|name| root().join(name).is_file()).map(str::to_owned).collect();
    }
    let mut found = Vec::new();
    walk(&root(), &mut found);
    found
}

/// Where there is no git: everything but what a build leaves.
fn walk(folder: &Path, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).expect("a folder of ours").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            if !["target", ".git", "muster-demo"].iter().any(|skipped| name == *skipped) {
                walk(&path, found);
            }
        } else if let Ok(relative) = path.strip_prefix(root()) {
            found.push(relative.to_string_lossy().into_owned());
        }
    }
}

/// A Rust file: its text, and its code without comments, strings and the tests at its end.
struct Source {
    name: String,
    text: String,
    code: String,
}

impl Source {
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.code.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

fn sources(under: &str) -> Vec<Source> {
    let under = format!("{}/", under.trim_end_matches('/'));
    let names = tracked().into_iter().filter(|name| name.starts_with(&under) && name.ends_with(".rs"));
    names
        .map(|name| {
            let text = read(&name);
            let code = code(&text);
            Source { name, text, code }
        })
        .collect()
}

fn code(text: &str) -> String {
    let before_tests = text.split_once("\n#[cfg(test)]\nmod tests {").map_or(text, |(before, _)| before);
    before_tests.lines().fold(String::new(), |mut code, line| {
        let line = without_strings(line);
        code.push_str(line.split_once("//").map_or(line.as_str(), |(before, _)| before));
        code.push('\n');
        code
    })
}

/// Empties the strings of one line; good enough for code that rustfmt has laid out.
fn without_strings(line: &str) -> String {
    let mut out = String::new();
    let (mut inside, mut escaped) = (false, false);
    for letter in line.chars() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if inside => escaped = true,
            '"' => {
                inside = !inside;
                out.push('"');
            }
            _ if inside => {}
            letter => out.push(letter),
        }
    }
    out
}

fn is_part_of_a_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn has_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(start, _)| {
        let before = text[..start].chars().next_back().is_some_and(is_part_of_a_word);
        let after = text[start + word.len()..].chars().next().is_some_and(is_part_of_a_word);
        !before && !after
    })
}

/// The rows of the table under a heading of ARCHITECTURE.md: first column → (heading of the column → cell).
fn table(heading: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let text = read("ARCHITECTURE.md");
    let (_, section) = text.split_once(&format!("\n{heading}\n")).unwrap_or_else(|| panic!("no section {heading}"));
    let mut lines = section.lines().skip_while(|line| !line.starts_with('|')).take_while(|line| line.starts_with('|'));
    let cells = |line: &str| -> Vec<String> {
        line.trim_matches('|').split('|').map(|cell| cell.replace(['*', '`'], "").trim().to_owned()).collect()
    };
    let columns = cells(lines.next().unwrap_or_else(|| panic!("no table under {heading}")));
    lines
        .skip(1)
        .map(|line| {
            let cells = cells(line);
            (cells[0].clone(), columns.iter().cloned().zip(cells).collect())
        })
        .collect()
}

/// `plan, guard` → both; `nothing` → none.
fn words_of(cell: &str) -> BTreeSet<String> {
    cell.split(',').map(str::trim).filter(|word| !word.is_empty() && *word != "nothing").map(str::to_owned).collect()
}

fn manifests() -> Vec<(String, DocumentMut)> {
    let is_manifest = |name: &String| name.starts_with("crates/") && name.ends_with("/Cargo.toml");
    tracked()
        .into_iter()
        .filter(is_manifest)
        .map(|name| {
            let room = name.split('/').nth(1).expect("a folder under crates").to_owned();
            (room, read(&name).parse().unwrap_or_else(|error| panic!("{name}: {error}")))
        })
        .collect()
}

fn entries(manifest: &DocumentMut, section: &str) -> Vec<(String, Item)> {
    // Also those that only some systems take.
    let targets = manifest.get("target").and_then(Item::as_table_like).into_iter().flat_map(TableLike::iter);
    let of_targets = targets.filter_map(|(_, target)| target.get(section));
    let all = manifest.get(section).into_iter().chain(of_targets).filter_map(Item::as_table_like);
    all.flat_map(TableLike::iter).map(|(name, entry)| (name.to_owned(), entry.clone())).collect()
}

/// The crates of this workspace in a section of a manifest, by the names of their rooms.
fn ours(manifest: &DocumentMut, section: &str) -> BTreeSet<String> {
    entries(manifest, section).iter().filter_map(|(name, _)| name.strip_prefix("muster-").map(str::to_owned)).collect()
}

/// Compares what the parts of a crate name with the table. A module without a row is a leaf: every part may use it, and
/// it may use none. `lib.rs` only shows the parts to the outside.
fn parts_out_of_order(room: &str, table: &BTreeMap<String, BTreeMap<String, String>>) -> Vec<String> {
    let mut problems = Vec::new();
    let prefix = format!("crates/{room}/src/");
    let rooms: Vec<String> = manifests().into_iter().map(|(room, _)| room).collect();
    for part in table.keys() {
        if !root().join(format!("{prefix}{part}.rs")).exists() && !root().join(format!("{prefix}{part}")).exists() {
            problems.push(format!("{room} has no part {part}"));
        }
    }
    for source in sources(&prefix) {
        let part = source.name[prefix.len()..].split(['/', '.']).next().unwrap_or_default().to_owned();
        if part == "lib" {
            continue;
        }
        let row = table.get(&part);
        let may = row.map(|row| words_of(&row["May use"])).unwrap_or_default();
        for used in crate_paths(&source.code) {
            if table.contains_key(&used) && used != part && !may.contains(&used) {
                problems.push(format!("{}: {part} uses {used}", source.name));
            }
        }
        let Some(row) = row else { continue };
        let may_rooms = words_of(&row["Rooms"]);
        for other in &rooms {
            if has_word(&source.code, &format!("muster_{other}")) && !may_rooms.contains(other) {
                problems.push(format!("{}: {part} uses the room {other}", source.name));
            }
        }
    }
    problems
}

/// The first names after `crate::`, also out of `use crate::{a::b, c}`.
fn crate_paths(code: &str) -> BTreeSet<String> {
    let name =
        |text: &str| text.trim_start().chars().take_while(|letter| is_part_of_a_word(*letter)).collect::<String>();
    let mut found = BTreeSet::new();
    for (start, mark) in code.match_indices("crate::") {
        let after = &code[start + mark.len()..];
        let Some(group) = after.strip_prefix('{') else {
            found.insert(name(after));
            continue;
        };
        let (mut depth, mut at_name) = (0, true);
        for (index, letter) in group.char_indices() {
            match letter {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => at_name = true,
                letter if at_name && is_part_of_a_word(letter) => {
                    found.insert(name(&group[index..]));
                    at_name = false;
                }
                _ => {}
            }
        }
    }
    found
}

/// What stands between backticks.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// A path of this repository, rather than one of a server, of a person's machine, or a pattern.
fn is_our_path(text: &str) -> bool {
    let ours = ["crates/", "docs/", ".ci/"].iter().any(|start| text.starts_with(start));
    ours && !text.contains(['*', '<', '{', '…', ' '])
}

/// The targets of relative links, without their anchors.
fn linked(line: &str) -> impl Iterator<Item = &str> {
    line.split("](").skip(1).filter_map(|rest| {
        let target = rest.split_once(')')?.0;
        let path = target.split_once('#').map_or(target, |(path, _)| path);
        let elsewhere = path.is_empty() || path.contains("://") || path.starts_with("mailto:");
        (!elsewhere).then_some(path)
    })
}

#[test]
fn the_reader_of_code_sees_what_it_should() {
    let text = "use crate::{plan::{A, B}, guard};\nlet a = crate::runner::go(\"crate::journal\"); // crate::verbs\n";
    let found: Vec<String> = crate_paths(&code(text)).into_iter().collect();
    assert_eq!(found, ["guard", "plan", "runner"]);
    assert!(has_word("a: &Writer,", "Writer") && !has_word("BufWriter", "Writer"));
    assert_eq!(quoted("see `a` and `b/c`").collect::<Vec<_>>(), ["a", "b/c"]);
    assert_eq!(linked("[x](docs/a.md#b) [y](https://e.org)").collect::<Vec<_>>(), ["docs/a.md"]);
}
