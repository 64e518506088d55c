//! Formats, pipes, colours and reports, as a shell sees them.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::Stdio;

use crate::tenant::{Home, Tenant, envelope, stderr, stdout};

#[test]
fn json_is_the_default_when_piped_and_an_empty_list_is_a_list() {
    let home = Home::new();
    assert_eq!(stdout(&home.run(&["context", "list"]).success()), "[]\n");
    assert_eq!(stdout(&home.run(&["context", "list", "-o", "jsonl"]).success()), "");
    assert_eq!(stdout(&home.run(&["context", "list", "-o", "csv"]).success()), "current,name,url,sign_in,dialect\r\n");
    let mut command = home.muster(&["context", "list"]);
    command.env("MUSTER_OUTPUT", "table");
    let assert = assert_cmd::Command::from_std(command).assert().success();
    assert_eq!(stdout(&assert), "CURRENT  NAME  URL  SIGN IN  DIALECT\n");
}

#[test]
fn a_reader_that_goes_away_ends_nothing_badly() {
    let tenant = Tenant::with_devices(300);
    let mut child = tenant
        .muster(&["devices", "search", "-o", "jsonl"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    let mut line = String::new();
    BufReader::with_capacity(64, child.stdout.take().expect("a pipe")).read_line(&mut line).expect("reads");
    let status = child.wait().expect("ends");
    let mut complaint = String::new();
    child.stderr.take().expect("a pipe").read_to_string(&mut complaint).expect("reads");
    assert!(status.success() && complaint.is_empty(), "{status}: {complaint}");
}

#[test]
fn data_goes_to_stdout_and_everything_else_to_stderr() {
    let tenant = Tenant::with_devices(40);
    let assert = tenant.run(&["devices", "search", "--limit", "3", "-o", "json", "-vv"]).success();
    let rows: serde_json::Value = serde_json::from_str(&stdout(&assert)).expect("only JSON");
    assert_eq!(rows.as_array().map(Vec::len), Some(3));
    assert!(
        !stdout(&assert).contains('\u{1b}') && !stderr(&assert).contains('\u{1b}'),
        "no colours without a terminal"
    );
    assert!(!stderr(&assert).contains(&tenant.ready.password), "no secret in the log");
}

#[test]
fn usage_errors_are_2_and_have_an_envelope_when_json_is_asked_for() {
    let home = Home::new();
    let error = envelope(&home.run(&["devices", "serch", "-o", "json"]).code(2));
    assert_eq!(error["exit"], 2);
    assert!(stderr(&home.run(&["devices", "serch"]).code(2)).contains("search"));
    home.run(&["devices", "search", "surplus"]).code(2);
    home.run(&["devices", "search", "--limit", "0"]).code(2);
    home.run(&["--rate", "-1", "devices", "search"]).code(2);
}

#[test]
fn flags_that_could_only_be_ignored_are_refused() {
    let home = Home::new();
    for args in [
        ["context", "use", "a", "-n", ""],
        ["approve", "x", "-n", "", ""],
        ["jobs", "cancel", "x", "-n", ""],
        ["context", "use", "a", "--report", "x.csv"],
        ["uem", "serve", "--data", "d", "-n"],
    ] {
        let args: Vec<&str> = args.into_iter().filter(|arg| !arg.is_empty()).collect();
        let text = stderr(&home.run(&args).code(2));
        assert!(text.contains("refuses --"), "{args:?}: {text}");
    }
}

#[test]
fn a_report_that_could_not_be_written_is_refused_before_anything_happens() {
    let home = Home::new();
    home.run(&["devices", "search", "--report", "r.xlsx"]).code(2);
    let text = stderr(&home.run(&["devices", "search", "--report", "no/such/folder/r.csv"]).code(2));
    assert!(text.contains("does not exist"), "{text}");
}

#[test]
fn reports_are_written_in_every_form() {
    let tenant = Tenant::with_devices(40);
    tenant
        .run(&["devices", "search", "--report", "r.csv", "--report", "r.json", "--report", "r.html", "-o", "csv"])
        .success();
    let read = |name: &str| std::fs::read_to_string(tenant.home.path(name)).expect("is there");
    assert_eq!(read("r.csv").lines().count(), 41);
    let report: serde_json::Value = serde_json::from_str(&read("r.json")).expect("is JSON");
    assert_eq!((report["rows"].as_array().map(Vec::len), &report["schema"]), (Some(40), &1.into()));
    let page = read("r.html");
    assert!(
        page.starts_with("<!doctype html>") && page.contains("prefers-color-scheme") && page.contains("@media print")
    );
    assert!(!page.contains("<script") && !page.contains("src=") && !page.contains("@import"));
}
