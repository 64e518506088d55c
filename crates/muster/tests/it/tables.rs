//! CSV files of users as they really come, and every mistake in them named before anything is sent.

use std::fmt::Write as _;

use crate::tenant::{Home, Tenant, envelope, json, stderr, stdout};

const HEADER: &str = "Username,FirstName,LastName,Email,Department,Groups";

fn provision(tenant: &Tenant, content: impl AsRef<[u8]>) -> serde_json::Value {
    let file = tenant.home.file("users.csv", content);
    tenant.json(&["users", "provision", &file, "--yes", "-o", "json"])
}

/// The failure that a file leads to, before any call: there is no tenant to call.
#[track_caller]
fn refused(content: &str) -> serde_json::Value {
    let home = Home::new();
    let file = home.file("users.csv", content);
    envelope(&home.run(&["users", "provision", &file, "--yes", "-o", "json"]).code(2))
}

#[track_caller]
fn told(error: &serde_json::Value, words: &[&str]) {
    let text = error.to_string();
    assert!(words.iter().all(|word| text.contains(word)), "{words:?} in {error}");
}

#[test]
fn byte_order_mark_line_ends_and_separators_do_not_matter() {
    let tenant = Tenant::with_devices(20);
    let rows = [("ann", ','), ("ben", ';'), ("cat", '\t')];
    for (name, separator) in rows {
        let header = HEADER.replace(',', &separator.to_string());
        let groups = if separator == ';' { "\"All Users;IT Admins\"" } else { "All Users;IT Admins" };
        let row = [name, "Ann", "Özil", &format!("{name}@example.com"), "IT", groups].join(&separator.to_string());
        let done = provision(&tenant, format!("\u{feff}{header}\r\n{row}\r\n"));
        assert_eq!(done["counts"]["done"], 3, "{name}: {done}");
        assert_eq!(done["items"][0]["LastName"], "Özil", "{done}");
    }
}

#[test]
fn a_missing_column_is_named() {
    let error = refused("FirstName,LastName,Email\nAnn,Lee,a@example.com\n");
    told(&error, &["Username"]);
    // What only a new user needs is known once the tenant was asked, and still before anything is sent.
    let tenant = Tenant::with_devices(20);
    let file = tenant.home.file("users.csv", "Username,FirstName\nann,Ann\n");
    let error = envelope(&tenant.run(&["users", "provision", &file, "--yes", "-o", "json"]).code(2));
    told(&error, &["LastName", "Email", "ann"]);
}

#[test]
fn an_unknown_column_is_answered_with_a_near_one() {
    told(&refused("Username,FirstName,LastName,Emial\nann,Ann,Lee,a@example.com\n"), &["Emial", "Email"]);
}

#[test]
fn a_user_who_comes_twice_is_named_with_both_lines() {
    let error =
        refused("Username,FirstName,LastName,Email\nann,Ann,Lee,a@x.org\nben,Ben,Lee,b@x.org\nANN,Ann,Lee,a@x.org\n");
    told(&error, &["line 4", "line 2"]);
}

#[test]
fn every_mistake_is_told_at_once_with_its_line() {
    let error = refused(
        "Username,FirstName,LastName,Email,Status\nann,Ann,Lee,not-an-address,Active\n,Ben,Lee,b@x.org,Active\nc,C,C,c@x.org,Sleeping\nd,D,D\n",
    );
    told(&error, &["line 2", "line 3", "line 4", "line 5"]);
}

#[test]
fn a_blank_cell_leaves_what_is_there() {
    let tenant = Tenant::with_devices(20);
    provision(&tenant, format!("{HEADER}\nann,Ann,Lee,a@example.com,IT,\n"));
    let done = provision(&tenant, format!("{HEADER}\nann,Anna,,,,\n"));
    assert_eq!(done["counts"]["done"], 1, "{done}");
    let again = provision(&tenant, format!("{HEADER}\nann,Anna,Lee,a@example.com,IT,\n"));
    assert_eq!(again["counts"]["done"], 0, "nothing was emptied: {again}");
}

#[test]
fn the_same_file_again_changes_nothing_and_says_so() {
    let tenant = Tenant::with_devices(20);
    tenant.run(&["users", "provision", "--sample", "sample.csv"]).success();
    tenant.run(&["users", "provision", "--sample", "sample.csv"]).code(2);
    let first = tenant.json(&["users", "provision", "sample.csv", "--yes", "-o", "json", "--report", "first.csv"]);
    assert_eq!((&first["counts"]["done"], &first["counts"]["failed"]), (&9.into(), &0.into()), "{first}");
    let report = std::fs::read_to_string(tenant.home.path("first.csv")).expect("is there");
    for column in [
        "Username",
        "Action",
        "Success",
        "UserId",
        "GroupsAssigned",
        "Error",
        "Timestamp",
        "status",
        "reason",
        "attempt",
        "command_id",
        "at",
    ] {
        assert!(
            report.lines().next().is_some_and(|head| head.split(',').any(|name| name == column)),
            "{column}: {report}"
        );
    }
    let again = tenant.run(&["users", "provision", "sample.csv", "--yes", "-o", "json"]).success();
    assert!(stderr(&again).contains("nothing to change"), "{}", stderr(&again));
    assert_eq!(json(&again)["job"], serde_json::Value::Null);
}

#[test]
fn a_group_that_does_not_exist_leaves_the_run_incomplete() {
    let tenant = Tenant::with_devices(20);
    let file = tenant.home.file("users.csv", format!("{HEADER}\nann,Ann,Lee,a@example.com,IT,All User;IT Admins\n"));
    let assert = tenant.run(&["users", "provision", &file, "--yes", "-o", "json"]).code(7);
    assert!(stderr(&assert).contains("All Users"), "{}", stderr(&assert));
    assert_eq!(json(&assert)["counts"]["done"], 2);
}

#[test]
fn a_password_is_nowhere_but_at_the_tenant() {
    let tenant = Tenant::with_devices(20);
    let file = tenant.home.file(
        "users.csv",
        "Username,FirstName,LastName,Email,SecurityType,Password\nann,Ann,Lee,a@example.com,Basic,correct-horse\n",
    );
    let assert =
        tenant.run(&["users", "provision", &file, "--yes", "-o", "json", "--report", "r.csv", "-vv"]).success();
    let report = std::fs::read_to_string(tenant.home.path("r.csv")).expect("is there");
    assert!(!(stdout(&assert) + &stderr(&assert) + &report).contains("correct-horse"));
    for entry in std::fs::read_dir(tenant.home.state()).expect("a folder") {
        let bytes = std::fs::read(entry.expect("an entry").path()).expect("reads");
        assert!(!bytes.windows(13).any(|window| window == b"correct-horse"), "not in the journal");
    }
}

#[test]
fn a_hundred_thousand_rows_are_read_and_checked() {
    let mut content = format!("{HEADER}\n");
    for number in 0..100_000 {
        let _ = writeln!(content, "user{number},Ann,Lee,user{number}@example.com,IT,");
    }
    let rows = content.lines().count() - 1;
    assert_eq!(rows, 100_000);
    // The last row is wrong, and it is found before anything is sent.
    content.push_str("user7,Ann,Lee,user7@example.com,IT,\n");
    told(&refused(&content), &["line 100002", "line 9"]);

    let tenant = Tenant::with_devices(20);
    let end = content.trim_end().rfind('\n').expect("lines") + 1;
    let file = tenant.home.file("users.csv", &content[..end]);
    let plan = tenant.json(&["users", "provision", &file, "-n", "-o", "json"]);
    assert_eq!(plan["counts"]["allow"], 100_000, "{}", plan["counts"]);
}
