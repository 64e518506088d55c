//! What a command costs the tenant: told before, told after, and stopped before there is too much of it.

use std::io::Write as _;

use crate::tenant::{Tenant, block_on, stderr};

/// Writes down what the tenant permits.
fn permit(tenant: &Tenant, per_day: u32) {
    let file = tenant.home.path("home").join("config.toml");
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("a folder");
    std::fs::write(file, format!("[limits.environment]\ncalls_per_day = {per_day}\n")).expect("writes");
}

#[test]
fn a_preview_has_a_forecast_and_v_and_reports_tell_the_calls() {
    let tenant = Tenant::with_devices(30);
    permit(&tenant, 1000);
    let command = ["devices", "command", "SyncDevice", "--platform", "WinRT", "--limit", "3"];
    let shown = stderr(&tenant.run(&[&command[..], &["-n", "-v"]].concat()).success());
    assert!(shown.contains("Forecast: 3 calls, 9") && shown.contains(" left today, done at "), "{shown}");
    assert!(
        shown.contains("\nCalls: ") && shown.contains(" sent, 0 saved by memory, 0 repeated, 0 refused"),
        "{shown}"
    );
    let done = stderr(&tenant.run(&[&command[..], &["--yes", "--report", "r.html"]].concat()).success());
    assert!(done.contains("Forecast: 3 calls") && !done.contains("\nCalls: "), "{done}");
    let report = std::fs::read_to_string(tenant.home.path("r.html")).expect("is there");
    assert!(report.contains("Calls: "), "{report}");
}

#[test]
fn a_command_stops_before_the_quota_of_the_day() {
    let tenant = Tenant::with_devices(30);
    permit(&tenant, 10);
    let mut ended = None;
    for _ in 0..6 {
        let run = tenant.run(&["devices", "search", "--fresh"]);
        let code = run.get_output().status.code();
        if code != Some(0) {
            ended = Some((code, stderr(&run)));
            break;
        }
    }
    let (code, said) = ended.expect("ten calls are not enough for six commands");
    assert_eq!(code, Some(6), "{said}");
    assert!(said.contains("today's calls are used up, except for urgent work; there are some again from "), "{said}");
}

/// Two machines, each with a state folder of its own, and one record of calls.
#[test]
fn machines_share_one_record_in_postgresql() {
    let Some(postgres) = muster_store::testing::Postgres::shared().expect("PostgreSQL starts") else {
        let _ = writeln!(std::io::stderr(), "skipped: PostgreSQL is not installed");
        return;
    };
    let record = block_on(postgres.database()).expect("a database");
    let tenant = Tenant::with_devices(30);
    let alone = "[limits.environment]\ncalls_per_day = 10\n";
    let together = format!("{alone}record = \"env:RECORD_OF_CALLS\"\n");
    let search = |machine: &str, limits: &str| {
        let folder = tenant.home.path(machine);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("config.toml"), limits).expect("writes");
        let mut command = tenant.muster(&["devices", "search", "--fresh"]);
        command.env("MUSTER_HOME", folder).env("RECORD_OF_CALLS", &record);
        let ran = assert_cmd::Command::from_std(command).assert();
        assert!(!stderr(&ran).contains("counts for itself"), "{}", stderr(&ran));
        ran.get_output().status.code()
    };
    let codes: Vec<_> = ["alone"; 3].iter().map(|machine| search(machine, alone)).collect();
    assert_eq!(codes, [Some(0); 3], "ten calls are enough for three commands");
    let codes: Vec<_> = ["one", "two", "one", "two", "one", "two"].map(|machine| search(machine, &together)).into();
    let stopped = codes.iter().position(|code| *code == Some(6)).expect("ten calls are not enough for six commands");
    assert!(codes[stopped..].iter().all(|code| *code == Some(6)), "{codes:?}");
}
