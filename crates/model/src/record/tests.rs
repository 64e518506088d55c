//! Records in every form that is on record.

use serde_json::json;

use super::*;
use crate::Stamp;
use crate::time::NEVER;

record! {
    /// A row.
    Row {
        id: i64 = "Id" | "RowID",
        name: Option<String> = "Name",
        seen: Option<Stamp> = "LastSeen",
        count: Option<u64> = "Count",
    }
    /// A row that says so where there was nothing.
    Told {
        seen: Option<Stamp> = "LastSeen" or NEVER,
    }
    Page {
        rows: Vec<Row> = "Rows",
        total: u64 = "Total",
    }
}

fn page(value: Value) -> Page {
    serde_json::from_value(value).expect("reads")
}

#[test]
fn a_page_is_read_from_every_envelope() {
    let expected = page(json!({"Rows": [{"Id": 7}]})).rows;
    for envelope in [
        json!({"Row": [{"Id": 7}]}),
        json!({"rows": [{"ID": "7"}]}),
        json!({"Rows": {"Row": [{"RowID": 7}]}}),
        json!({"Rows": {"Id": {"Value": 7}}}),
        json!([{"Id": 7}]),
    ] {
        assert_eq!(page(envelope.clone()).rows, expected, "{envelope}");
    }
    for nothing in [json!({}), json!({"Rows": null}), json!({"Rows": {}}), json!({"Rows": ""}), json!([])] {
        assert_eq!(page(nothing.clone()).rows, [], "{nothing}");
    }
}

#[test]
fn what_is_not_known_or_not_understood_is_kept_and_what_must_be_there_is_demanded() {
    let sent = json!({"Id": 7, "Count": "many", "Wifi": {"a": [1]}, "NAME": "m", "Name": "n"});
    let row: Row = serde_json::from_value(sent).expect("reads");
    assert_eq!((row.name.as_deref(), row.count), (Some("n"), None));
    let back = json!({"Id": 7, "Name": "n", "NAME": "m", "Count": "many", "Wifi": {"a": [1]}});
    assert_eq!(serde_json::to_value(&row).expect("writes"), back);
    assert_eq!(row.write().expect("an object"), back);
    let wrong = serde_json::from_value::<Page>(json!({"Rows": [{"Id": 1}, {"Id": true}]})).map(|_| ());
    assert_eq!(wrong.map_err(|error| error.to_string()), Err("Rows[1].Id: `true` is not a whole number".to_owned()));
}

#[test]
fn never_is_absent() {
    let row: Row = serde_json::from_value(json!({"Id": 1, "LastSeen": "0001-01-01T00:00:00.000"})).expect("reads");
    assert_eq!(row.write().expect("an object"), json!({"Id": 1}));
}

/// What a text is read as, with and without values in between.
fn both(text: &str) -> [Result<Page, String>; 2] {
    [of_json(text.as_bytes()), serde_json::from_slice(text.as_bytes())]
        .map(|read| read.map_err(|error| error.to_string()))
}

#[test]
fn a_text_is_read_like_its_value() {
    for text in [
        r#"{"Rows":[{"Id":7,"Name":"a","LastSeen":"2024-06-28T04:35:20.150","Count":3},{"Id":8}],"Total":2}"#,
        r#" { "Total" : 2 , "Rows" : [ { "Name" : "a" , "Id" : 7 } , null , { "Id" : "8" } ] } "#,
        r#"{"Rows":[{"Id":7,"id":8,"ID":9}],"rows":[],"Total":null}"#,
        r#"{"Row":{"RowID":{"Value":7},"Name":"\u00e4\n"},"Rest":[{"a":1e99},"\u00e4"],"Total":1}"#,
        r#"{"Rows":[{"Id":1,"Count":"many","LastSeen":"soon","x":{"Id":1}}]}"#,
        r#"{"Rows":[{"Id":1,"Na\u006de":"a"}],"Total":"5"}"#,
        r#"{"Rows":[{"Id":1},{"Id":true}]}"#,
        r#"[{"Id":1}]"#,
        "{}",
        "null",
        "7",
        "",
        "{",
        r#"{"Rows":[{"Id":1}]"#,
        r#"{"Rows":[{"Id":1}]} x"#,
        r#"{"Rows":[{"Id":1,}]}"#,
        r#"{"Rows":[{"Id":01}]}"#,
        r#"{"Rows":[{"Id":1 "Name":"a"}]}"#,
        "{\"Rows\":[{\"Id\":1,\"Name\":\"a\nb\"}]}",
    ] {
        let [short, long] = both(text);
        assert_eq!(short, long, "{text}");
    }
    let deep = format!("{{\"Rows\":[{{\"Id\":1,\"x\":{}1{}}}]}}", "[".repeat(200), "]".repeat(200));
    let [short, long] = both(&deep);
    assert!(short == long && long.is_err_and(|error| error.contains("recursion")), "no stack is used up");
    assert!(of_json::<Page>(b"{\"Rows\":[{\"Id\":1,\"Name\":\"\xff\"}]}").is_err(), "not UTF-8");
}

#[test]
fn never_is_written_where_that_is_published() {
    for nothing in [json!({}), json!({"LastSeen": null}), json!({"LastSeen": ""}), json!({"LastSeen": NEVER})] {
        let told = Told::of_json(nothing.to_string().as_bytes()).expect("reads");
        assert_eq!((told.seen, told.write()), (None, Some(json!({"LastSeen": NEVER}))), "{nothing}");
    }
    let odd = json!({"LastSeen": "soon"});
    assert_eq!(Told::of_json(odd.to_string().as_bytes()).expect("reads").write(), Some(odd), "what was there stays");
}
