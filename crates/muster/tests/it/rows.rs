//! Reports as input again: every command that takes a file of rows takes its own report.

use crate::tenant::{Tenant, envelope, json, stdout};

const ENDING: &str = "status,reason,class,attempt,command_id,at";

/// A run that writes a report beside whatever else it does; its rows.
fn reported(tenant: &Tenant, args: &[&str], report: &str) -> String {
    let path = tenant.home.path(report);
    let path = path.to_string_lossy();
    tenant.run(&[args, &["--yes", "--report", &path]].concat());
    std::fs::read_to_string(&*path).unwrap_or_else(|error| panic!("{args:?} wrote no {path}: {error}"))
}

/// What a plan from `file` would do: targets and actions.
fn planned(tenant: &Tenant, args: &[&str], file: &str, only: &[&str]) -> Vec<String> {
    let file = tenant.home.path(file);
    let plan = json(&tenant.run(&[args, &[&*file.to_string_lossy()], only, &["-n", "-o", "json"]].concat()));
    let text = |item: &serde_json::Value, key: &str| item[key].as_str().unwrap_or_default().to_owned();
    // Where nothing is to be done there is no plan.
    let items = plan["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let target = |item: &serde_json::Value| text(item, "user_name") + &text(item, "serial_number");
    items.iter().map(|item| format!("{}: {}", target(item), text(item, "action"))).collect()
}

#[test]
fn what_a_spreadsheet_would_run_comes_back_as_it_was() {
    let tenant = Tenant::with_devices(20);
    let serials = tenant.serials(2);
    let rows = format!("Serial,=NOTE(),Message\n{},=A1,'tis\n{},+1+2,\n", serials[0], serials[1]);
    let list = tenant.home.file("list.csv", rows);
    let rename = ["devices", "rename", "{=NOTE()}", "--from-file"];
    let text = reported(&tenant, &[&rename[..], &[&list]].concat(), "report.csv");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines[0].starts_with("Serial,'=NOTE(),Message,device_id") && lines[0].ends_with(ENDING), "{text}");
    assert!(lines[1].contains(",'=A1,'tis,") && lines[2].contains(",'+1+2,,"), "{text}");

    let again = planned(&tenant, &rename, "report.csv", &[]);
    assert_eq!(again, [format!("{}: set name==A1", serials[0]), format!("{}: set name=+1+2", serials[1])]);
    let second = reported(&tenant, &[&rename[..], &["report.csv"]].concat(), "second.csv");
    assert_eq!(second.lines().next(), text.lines().next(), "a report of a report has the same columns");
    // An apostrophe in somebody's own list stays.
    tenant.home.file("own.csv", format!("Serial,Note\n{},'=A1\n", serials[0]));
    let own = planned(&tenant, &["devices", "rename", "{Note}", "--from-file"], "own.csv", &[]);
    assert_eq!(own, [format!("{}: set name='=A1", serials[0])]);
}

#[test]
fn what_waits_for_an_approval_is_taken_up_from_the_report() {
    let tenant = Tenant::with_devices(20);
    let serials = tenant.serials(3);
    tenant.home.file("list.csv", format!("SerialNumber,Result\n{}\n", serials.join(",mine\n") + ",mine"));
    for (command, held) in [("DeviceWipe", true), ("SyncDevice", false)] {
        let args = ["devices", "command", command, "--from-file", "list.csv"];
        let text = reported(&tenant, &args, "report.csv");
        assert!(text.starts_with("SerialNumber,Result (input),DeviceId,Result,"), "{text}");
        if held {
            assert_eq!(planned(&tenant, &args[..4], "report.csv", &["--only", "held"]).len(), 3);
        }
        let none = ["devices", "command", command, "--from-file", "report.csv", "--only", "failed", "-n", "-o", "json"];
        let error = envelope(&tenant.run(&none).code(2));
        assert!(error["message"].as_str().is_some_and(|text| text.contains("no row that is failed")), "{error}");
    }
}

#[test]
fn users_that_failed_are_taken_up_from_the_report() {
    let tenant = Tenant::with_devices(20);
    let new = "Username,FirstName,LastName,Email\nann,Ann,Lee,ann@x.org\nben,Ben,Lee,ben@x.org\n";
    let file = tenant.home.file("new.csv", new);
    tenant.run(&["users", "provision", &file, "--yes"]).success();
    tenant.home.file("list.csv", "Site,User\nBonn,ann\nKiel,nobody\n");
    let group: &[&str] = &["--group", "All Users"];
    for (verb, more) in [("deactivate", &[][..]), ("activate", &[]), ("join", group)] {
        let args = [&["users", verb], more, &["--from-file"]].concat();
        let text = reported(&tenant, &[&args[..], &["list.csv"]].concat(), "report.csv");
        assert!(text.starts_with("Site,User (input),user_name,action,"), "{verb}: {text}");
        assert_eq!(text.matches(",failed,").count(), 1, "{verb}: {text}");
        let again = planned(&tenant, &args, "report.csv", &["--only", "failed"]);
        assert!(again.len() == 1 && again[0].starts_with("nobody: "), "{verb}: {again:?}");
    }
    // Nobody who is no member fails to leave, and deleting waits for an approval.
    for (verb, more, only, rows) in [("leave", group, &[][..], 2), ("delete", &[], &["--only", "held"], 1)] {
        let args = [&["users", verb], more, &["--from-file"]].concat();
        reported(&tenant, &[&args[..], &["list.csv"]].concat(), "report.csv");
        let again = planned(&tenant, &args, "report.csv", only);
        assert!(again.len() >= rows && again[0].starts_with("ann: "), "{verb}: {again:?}");
    }
}

#[test]
fn a_report_of_provisioning_provisions_again() {
    let tenant = Tenant::with_devices(20);
    let table = "Login,FirstName,LastName,Email,Status,SecurityType,Password,Groups\n\
                 ann,Ann,Lee,ann@x.org,Active,Basic,s3cret-Pass,All Users\n\
                 ben,Ben,Lee,ben@x.org,Active,Directory,,No Such Group\n";
    let file = tenant.home.file("users.csv", table);
    let provision = ["users", "provision"];
    let text = reported(&tenant, &["users", "provision", &file], "report.csv");
    assert!(!text.contains("s3cret"), "{text}");
    assert!(text.starts_with("Login,FirstName,LastName,Email,Status (input),SecurityType,Password,Groups,Username,"));
    assert!(planned(&tenant, &provision, "users.csv", &[]).is_empty(), "everything else is as the table has it");

    let failed = ["users", "provision", "report.csv", "--only", "failed", "--yes", "-o", "csv"];
    tenant.run(&failed).code(7);
    let group = text.replace("No Such Group", "All Users");
    tenant.home.file("mended.csv", group);
    let again = planned(&tenant, &provision, "mended.csv", &["--only", "failed"]);
    assert_eq!(again, ["ben: join group All Users"]);
    // What stdout says is a report too, a row for each change.
    let rows =
        tenant.home.file("more.csv", "Username,FirstName,LastName,Email,Groups\ncid,Cid,Lee,cid@x.org,All Users\n");
    let rows = stdout(&tenant.run(&["users", "provision", &rows, "--yes", "-o", "csv"]).success());
    assert_eq!(rows.lines().count(), 3, "{rows}");
    tenant.home.file("rows.csv", rows);
    assert!(planned(&tenant, &provision, "rows.csv", &[]).is_empty());
}
