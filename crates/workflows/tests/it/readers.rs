//! Readers of what people save: a table survives the round trip in every way of saving it, and no input
//! whatever breaks a reader.

use muster_engine::report::{Report, Row, assemble};
use muster_workflows::bulk::{command, tags};
use muster_workflows::provisioning::{self, Table};
use muster_workflows::selection::list;
use muster_workflows::{Error, deployment, formula};
use proptest::prelude::*;

/// As the program writes a report.
fn written(report: &Report) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for row in std::iter::once(&report.columns).chain(&report.rows) {
        writer.write_record(row.iter().map(|text| formula::neutral(text).into_owned())).expect("writes");
    }
    writer.into_inner().expect("writes")
}

/// Headings that people use, that reports use, and any other.
fn heading() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(command::COLUMNS.to_vec()).prop_map(str::to_owned),
        prop::sample::select(vec![
            "status",
            "Status",
            "AT",
            "Reason",
            "action",
            "user",
            "device_name",
            "Message",
            "Site"
        ])
        .prop_map(|name| name.to_owned()),
        "('|=|\\+|@|-){0,2}[a-z;, \"]{1,6}( \\(input\\)){0,2}",
        "\\PC{1,6}",
    ]
    .prop_map(|text| text.trim().to_owned())
    .prop_filter("a column without a name is none, and a heading no comment", |text| {
        !text.is_empty() && !text.starts_with(['#', '\u{feff}'])
    })
}

/// Columns, and cells for three rows.
fn columns() -> impl Strategy<Value = Vec<(String, [String; 3])>> {
    let cell =
        || prop_oneof!["('|=|\\+|@|-){0,3}[A-Z0-9(), ]{0,6}", "\\PC{0,8}"].prop_map(|text| text.trim().to_owned());
    prop::collection::vec((heading(), [cell(), cell(), cell()]), 0..6)
}

/// What a second reading may know besides: whom a row is about.
fn without_names(input: &[(String, String)], of: &[(String, String)]) -> Vec<(String, String)> {
    let named = |name: &str| ["DeviceId", "SerialNumber", "Username", "device_id", "serial_number"].contains(&name);
    let asked = |name: &str| of.iter().any(|(known, _)| known == name);
    input.iter().filter(|(name, _)| asked(name) || !named(name)).cloned().collect()
}

/// A cell without control characters; blanks around it would be trimmed.
fn cell() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9äß,;\"' .-]{0,12}".prop_map(|text| text.trim().to_owned())
}

fn rows() -> impl Strategy<Value = Vec<(String, String, Vec<String>)>> {
    let groups = prop::collection::btree_set("[a-zA-Z ,\"]{1,8}", 0..4).prop_map(|names| {
        let names = names.into_iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
        let mut kept: Vec<String> = Vec::new();
        names.for_each(|name| {
            if !kept.contains(&name) {
                kept.push(name)
            }
        });
        kept
    });
    prop::collection::vec((cell(), cell(), groups), 1..20)
}

proptest! {
    #[test]
    fn a_table_of_users_survives_every_way_of_saving_it(
        rows in rows(),
        delimiter in prop::sample::select(vec![b',', b';', b'\t']),
        mark in any::<bool>(),
        crlf in any::<bool>(),
    ) {
        let ending = if crlf { csv::Terminator::CRLF } else { csv::Terminator::Any(b'\n') };
        let mut writer = csv::WriterBuilder::new().delimiter(delimiter).terminator(ending).from_writer(Vec::new());
        writer.write_record(["Username", "First Name", "Title", "Groups"]).expect("writes");
        for (at, (first, title, groups)) in rows.iter().enumerate() {
            writer.write_record([&format!("user{at}"), first, title, &groups.join(" ; ")]).expect("writes");
        }
        let mut bytes = if mark { b"\xEF\xBB\xBF".to_vec() } else { Vec::new() };
        bytes.extend(writer.into_inner().expect("writes"));

        let table = Table::read("users.csv", &bytes).expect("reads");
        prop_assert_eq!(table.rows.len(), rows.len());
        let said = |text: &String| (!text.is_empty()).then(|| text.clone());
        for ((at, row), (first, title, groups)) in table.rows.iter().enumerate().zip(&rows) {
            prop_assert_eq!(&row.username, &format!("user{at}"));
            prop_assert_eq!(row.line, at as u64 + 2);
            prop_assert_eq!(&row.first_name, &said(first));
            prop_assert_eq!(&row.title, &said(title));
            prop_assert_eq!(&row.groups, groups);
        }
    }

    #[test]
    fn a_table_of_devices_comes_back_from_its_report(columns in columns(), at in 0_usize..6, kind in 0_usize..3) {
        let kinds: [&[&str]; 3] = [&command::COLUMNS, &tags::COLUMNS, &["device_id", "device_name", "action"]];
        let mut header: Vec<String> = Vec::new();
        let mut rows = [Vec::new(), Vec::new(), Vec::new()];
        let serials = ["S1", "S2", "S3"].map(str::to_owned);
        let naming = [("Serial".to_owned(), serials)];
        let at = at.min(columns.len());
        for (name, cells) in columns[..at].iter().chain(&naming).chain(&columns[at..]) {
            // Two columns of one name, or two that name the device, are another matter.
            if !header.contains(name) && (name == "Serial" || !["deviceid", "serialnumber", "serial", "id"].contains(&name.to_lowercase().as_str())) {
                header.push(name.clone());
                rows.iter_mut().zip(cells).for_each(|(row, cell)| row.push(cell.clone()));
            }
        }
        let mut writer = csv::Writer::from_writer(b"sep=,\n".to_vec());
        std::iter::once(&header).chain(&rows).for_each(|row| writer.write_record(row).expect("writes"));
        let table = writer.into_inner().expect("writes");
        let first = list::read("devices.csv", &table).expect("reads");
        let report = |wanted: &[list::Wanted]| {
            let row = |one: &list::Wanted| Row {
                input: one.input.clone(),
                own: kinds[kind].iter().map(|name| if *name == "DeviceId" || *name == "device_id" { "7".to_owned() } else { format!("=own {name}") }).collect(),
                outcome: ["failed", "=because", "", "1", "", ""].map(str::to_owned),
            };
            assemble(kinds[kind], wanted.iter().map(row).collect())
        };
        let told = report(&first);
        let again = list::read("report.csv", &written(&told)).expect("reads its own report");
        prop_assert_eq!(again.len(), first.len());
        for (again, first) in again.iter().zip(&first) {
            prop_assert_eq!(without_names(&again.input, &first.input), first.input.clone());
            prop_assert_eq!(again.status.as_deref(), Some("failed"));
        }
        // The report of the second run has the columns of the first, and says the same.
        let second = report(&again);
        let names = |report: &Report| { let mut names = report.columns.clone(); names.sort(); names };
        prop_assert_eq!(names(&second), names(&told));
    }

    #[test]
    fn a_table_of_users_comes_back_from_its_report(rows in rows(), note in "('|=|@){0,2}[a-z]{0,4}") {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["Login", "Title", "Status", "Groups"]).expect("writes");
        for (at, (_, _, groups)) in rows.iter().enumerate() {
            writer.write_record([&format!("user{at}"), &note, "Active", &groups.join(" ; ")]).expect("writes");
        }
        let first = Table::read("users.csv", &writer.into_inner().expect("writes")).expect("reads");
        let row = |row| Row {
            input: first.input(row),
            own: provisioning::COLUMNS.iter().map(|name| if *name == "Username" { row.username.clone() } else { "x".to_owned() }).collect(),
            outcome: ["failed", "", "", "1", "", ""].map(str::to_owned),
        };
        let report = assemble(&provisioning::COLUMNS, first.rows.iter().map(row).collect());
        let again = Table::read("report.csv", &written(&report)).and_then(|table| table.only("failed")).expect("reads");
        prop_assert_eq!(&again.header, &first.header);
        prop_assert_eq!(again.rows.len(), first.rows.len());
        for (again, first) in again.rows.iter().zip(&first.rows) {
            prop_assert_eq!((&again.username, &again.title, again.active, &again.groups), (&first.username, &first.title, first.active, &first.groups));
        }
        let inputs = |table: &Table| table.rows.iter().map(|row| table.input(row)).collect::<Vec<_>>();
        prop_assert_eq!(inputs(&again), inputs(&first));
    }

    #[test]
    fn no_bytes_break_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Table::read("users.csv", &bytes);
        let _ = list::read("devices.txt", &bytes);
    }

    #[test]
    fn no_text_breaks_a_reader(text in "(Username|Serial|,|;|\"|\n|\r|#|id:|sep=|\t|.){0,60}") {
        let _ = Table::read("users.csv", text.as_bytes());
        let _ = list::read("devices.txt", text.as_bytes());
        let _ = list::users("users.txt", text.as_bytes());
        let _ = deployment::read("deployments.yaml", &text);
    }
}

#[test]
fn a_hundred_thousand_rows_are_read_and_all_their_problems_counted() {
    let mut text = String::from("Username,FirstName,LastName,Email,Department,Title,Groups\n");
    for at in 0..100_000 {
        text.push_str(&format!(
            "user{at},First{at},Last{at},user{at}@corp.example,IT,Clerk,All Users;Team {}\n",
            at % 50
        ));
    }
    let table = Table::read("users.csv", text.as_bytes()).expect("reads");
    assert_eq!(table.rows.len(), 100_000);
    assert_eq!(table.rows[99_999].line, 100_001);

    let broken = text.replace('@', " at ");
    match Table::read("users.csv", broken.as_bytes()) {
        Err(Error::Input(problems)) => assert_eq!((problems.total, problems.shown.len()), (100_000, 20)),
        other => panic!("expected problems, got {other:?}"),
    }
}
