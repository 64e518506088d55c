//! Words and names that people mistype, and targets that nobody named.

use crate::tenant::{Home, Tenant, envelope, json, stderr};

#[test]
fn an_unknown_platform_is_answered_with_a_near_one_before_any_call() {
    let home = Home::new();
    let error = envelope(&home.run(&["devices", "search", "--platform", "Andriod", "-o", "json"]).code(2));
    assert_eq!((&error["code"], &error["candidates"][0]), (&"E_UNKNOWN_PLATFORM".into(), &"Android".into()));
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("AppleOsX")), "{error}");
    home.run(&["devices", "search", "--ownership", "X"]).code(2);
}

#[test]
fn an_unknown_command_is_answered_with_a_near_one_before_any_call() {
    let home = Home::new();
    let error =
        envelope(&home.run(&["devices", "command", "SycnDevice", "--all", "--at-most", "9", "-o", "json"]).code(2));
    assert_eq!((&error["code"], &error["candidates"][0]), (&"E_UNKNOWN_COMMAND".into(), &"SyncDevice".into()));
    let text = stderr(&home.run(&["devices", "command", "SycnDevice", "--serial", "A"]).code(2));
    assert!(text.contains("did you mean: SyncDevice"), "{text}");
}

#[test]
fn a_write_to_whatever_an_empty_filter_finds_is_refused() {
    let tenant = Tenant::with_devices(40);
    let error = envelope(&tenant.run(&["devices", "command", "SyncDevice", "--yes", "-o", "json"]).code(8));
    assert_eq!(error["code"], "E_REFUSED");
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("--all --at-most")), "{error}");
    // The preview is refused by the same rule.
    tenant.run(&["devices", "command", "SyncDevice", "-n"]).code(8);
    tenant.run(&["devices", "tag", "--add", "A", "--yes"]).code(8);
    tenant.run(&["devices", "command", "SyncDevice", "--all"]).code(2);
    tenant.run(&["devices", "command", "SyncDevice", "--all", "--at-most", "10", "--yes"]).code(8);
    assert_eq!(tenant.sent(), 0);
    tenant.run(&["devices", "command", "SyncDevice", "--all", "--at-most", "40", "--yes"]).success();
    assert!(tenant.sent() > 30);
}

#[test]
fn a_serial_number_that_fits_none_or_several_devices_stops_everything() {
    let tenant = Tenant::with_devices(40);
    // Before the tenant has shown a device: it may keep what it has shown, since nobody else writes.
    let twice = "update devices set serial_number = (select serial_number from devices order by id limit 1) \
                 where id = (select id from devices order by id limit 1 offset 1)";
    tenant.write(twice, &[]);
    let serials = tenant.serials(3);
    let (first, third) = (serials[0].as_str(), serials[2].as_str());
    assert_eq!(first, serials[1]);
    let error = envelope(
        &tenant
            .run(&["devices", "command", "SyncDevice", "--serial", third, "--serial", "NOSUCH", "--yes", "-o", "json"])
            .code(2),
    );
    assert_eq!(error["code"], "E_DEVICES");
    assert!(error["message"].as_str().is_some_and(|text| text.contains("NOSUCH")), "{error}");

    let error =
        envelope(&tenant.run(&["devices", "command", "SyncDevice", "--serial", first, "--yes", "-o", "json"]).code(2));
    let candidates = error["candidates"].as_array().expect("a list");
    assert_eq!(candidates.len(), 2, "{error}");
    assert!(candidates.iter().all(|one| one.as_str().is_some_and(|text| text.contains("id ") && text.contains(first))));
    assert!(error["hint"].as_str().is_some_and(|hint| hint.contains("--id")), "{error}");
    tenant.run(&["devices", "show", first]).code(2);
    assert_eq!(tenant.sent(), 0);

    // By its id one of them can be told.
    let id = candidates[0].as_str().and_then(|text| text.strip_prefix("id ")).and_then(|text| text.split(':').next());
    let done = json(
        &tenant.run(&["devices", "command", "SyncDevice", "--id", id.expect("an id"), "--yes", "-o", "json"]).success(),
    );
    assert_eq!(done["counts"]["done"], 1, "{done}");
}

#[test]
fn files_of_devices_may_be_lists_or_tables_and_every_mistake_is_told() {
    let tenant = Tenant::with_devices(40);
    let serials = tenant.serials(4);
    let list = tenant.home.file("list.txt", format!("# returned\r\n{}\r\n\r\n{}\r\n", serials[0], serials[1]));
    let done = tenant.json(&["devices", "tag", "--add", "Returned", "--from-file", &list, "--yes", "-o", "json"]);
    assert_eq!(done["counts"]["done"], 2, "{done}");

    let table = format!("\u{feff}Owner;SerialNumber\r\nJane;{}\r\nJohn;{}\r\n", serials[2], serials[3]);
    let table = tenant.home.file("table.csv", table);
    let done = tenant.json(&["devices", "tag", "--add", "Returned", "--from-file", &table, "--yes", "-o", "json"]);
    assert_eq!((&done["counts"]["done"], &done["items"][0]["Owner"]), (&2.into(), &"Jane".into()), "{done}");

    let bad = tenant.home.file("bad.txt", "NOSUCH1\nNOSUCH2\n");
    let error =
        envelope(&tenant.run(&["devices", "tag", "--add", "X", "--from-file", &bad, "--yes", "-o", "json"]).code(2));
    let why = error["why"].to_string();
    assert!(why.contains("NOSUCH1") && why.contains("NOSUCH2") && why.contains("line 2"), "{error}");
    tenant.run(&["devices", "tag", "--add", "X", "--from-file", "no-such-file", "--yes"]).code(2);
}

#[test]
fn an_unknown_app_group_or_state_is_named() {
    let tenant = Tenant::with_devices(40);
    let error = envelope(&tenant.run(&["apps", "status", "Google Chrom", "-o", "json"]).code(4));
    assert_eq!(error["candidates"][0], "Google Chrome", "{error}");
    tenant.run(&["apps", "deploy", "--app", "Google Chrome", "--smart-group", "No Such Group", "--yes"]).code(4);
    tenant.run(&["apps", "deploy", "--app", "Google Chrome"]).code(2);
    tenant.run(&["plan", "show", "nonsense"]).code(4);
    tenant.run(&["jobs", "show", "nonsense"]).code(4);
    tenant.run(&["operations", "wait", "00000000-0000-0000-0000-000000000000", "--timeout", "1s"]).code(4);
}
