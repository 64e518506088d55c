//! Readers of what people save: a table survives the round trip in every way of saving it, and no input
//! whatever breaks a reader.

use muster_workflows::provisioning::Table;
use muster_workflows::selection::list;
use muster_workflows::{Error, deployment};
use proptest::prelude::*;

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
    fn no_bytes_break_a_reader(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Table::read("users.csv", &bytes);
        let _ = list::read("devices.txt", &bytes);
    }

    #[test]
    fn no_text_breaks_a_reader(text in "(Username|Serial|,|;|\"|\n|\r|#|id:|sep=|\t|.){0,60}") {
        let _ = Table::read("users.csv", text.as_bytes());
        let _ = list::read("devices.txt", text.as_bytes());
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
