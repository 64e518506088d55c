//! Whatever else a server may say is kept, and every form of a value that is on record means the same.

use muster_model::ids::{AnyId, Created, DeviceId, Wrapped};
use muster_model::record::{Member, Rows};
use muster_model::words::{Ownership, Platform};
use muster_model::{Stamp, Wire, tags};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use serde_json::{Map, Value, json};

use crate::samples::{difference, endpoints, samples};

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[ -~]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[A-Za-z]{1,8}", inner, 0..4)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Members that no release has.
fn news() -> impl Strategy<Value = Map<String, Value>> {
    let names = "zz[A-Za-z_]{0,10}";
    prop::collection::btree_map(names, anything(), 1..4).prop_map(|members| members.into_iter().collect())
}

/// Adds members to every object but those that are nothing but an id or a reference.
fn sprinkle(value: &mut Value, news: &Map<String, Value>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| sprinkle(item, news)),
        Value::Object(members) => {
            let reference = members
                .keys()
                .all(|name| ["value", "id", "name", "uuid", "tag_uuid"].contains(&name.to_lowercase().as_str()));
            members.values_mut().for_each(|member| sprinkle(member, news));
            if !reference {
                members.extend(news.clone());
            }
        }
        _ => {}
    }
}

#[test]
fn unknown_members_survive_wherever_they_stand() {
    let (endpoints, samples) = (endpoints(), samples());
    let mut runner = TestRunner::new(Config { cases: 24, failure_persistence: None, ..Config::default() });
    let outcome = runner.run(&news(), |news| {
        for (endpoint, file, sample) in &samples {
            let Some(again) = endpoints.get(endpoint.as_str()) else { continue };
            let mut sample = sample.clone();
            match &mut sample {
                // The console's keys are our own UEM's, which has one release.
                _ if endpoint.starts_with("console/") => {}
                whole => sprinkle(whole, &news),
            }
            let written = again(sample.clone()).map_err(|why| TestCaseError::fail(format!("{file}: {why}")))?;
            let difference = difference(&sample, &written, file);
            prop_assert!(difference.is_none(), "{}", difference.unwrap_or_default());
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| panic!("{error}"));
}

/// As a value, and as a text (in a list, which has a reader of its own).
fn reads<T: Member + PartialEq + std::fmt::Debug + Send + Sync>(expected: &T, forms: impl IntoIterator<Item = Value>) {
    for form in forms {
        let shown = form.to_string();
        let of_text = Rows::<T>::of_json(format!("[{shown},{shown}]").as_bytes());
        assert_eq!(T::read(form).as_ref(), Ok(expected), "{shown}");
        let rows = of_text.unwrap_or_else(|error| panic!("{shown}: {error}")).0;
        assert!(rows.iter().all(|row| row == expected) && rows.len() == 2, "{shown}: {rows:?}");
    }
}

proptest! {
    #[test]
    fn a_number_means_the_same_in_every_form(number in 0_i64..2_000_000_000) {
        let forms = || [json!(number), json!(number.to_string()), json!(format!(" {number} ")),
            json!({"Value": number}), json!({"value": number.to_string()}), json!({"ID": {"Value": number}})];
        reads(&number, forms());
        reads(&DeviceId(number), forms());
        reads(&Wrapped(DeviceId(number)), forms());
        reads(&AnyId::Number(number), forms());
        reads(&Some(number), forms());
        reads(&number.unsigned_abs(), forms());
        reads(&vec![number], [json!([number]), json!([number.to_string(), null]), json!(number), json!({"Value": [number]})]);
    }

    #[test]
    fn an_id_that_was_made_is_read_in_every_form(number in 1_i64..2_000_000_000, uuid in any::<u128>()) {
        let uuid = uuid::Uuid::from_u128(uuid);
        let created = Created { value: number, uuid: Some(uuid), ..Created::default() };
        reads(&created, [json!({"Value": number, "uuid": uuid}), json!({"id": number, "Uuid": uuid}),
            json!({"Id": {"Value": number}, "UUID": uuid.to_string().to_uppercase()})]);
        reads(&Created { value: number, ..Created::default() }, [json!(number), json!(number.to_string())]);
        reads(&Created { uuid: Some(uuid), ..Created::default() }, [json!(uuid), json!({"id": 0, "uuid": uuid})]);
        reads(&Some(AnyId::Uuid(uuid)), [json!(uuid), json!(uuid.simple().to_string())]);
    }

    #[test]
    fn a_moment_is_the_same_in_every_layout(second in 0_i64..4_000_000_000) {
        let stamp = Stamp(jiff::Timestamp::from_second(second).expect("a moment"));
        let layouts = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S.000", "%Y-%m-%dT%H:%M:%S.0000000Z", "%Y-%m-%d %H:%M:%S",
            "%m/%d/%Y %H:%M:%S", "%m/%d/%Y %I:%M:%S %p", "%m-%d-%Y %H:%M:%S.000", "%Y/%m/%d %H:%M:%S",
            "%Y-%m-%d %I-%M-%S-%p", "%Y-%m-%dT%I-%M-%S-%p", "%m-%d-%YT%H:%M:%S.000", "%Y-%m-%dT%H:%M:%SZ"];
        let texts = layouts.iter().map(|layout| json!(stamp.0.strftime(layout).to_string()));
        reads(&stamp, texts.chain([json!(second * 1000), json!(format!("/Date({})/", second * 1000))])
            .filter(|_| second > 100_000_000));
        reads(&Some(stamp), [json!(stamp.to_string())]);
    }
}

#[test]
fn words_flags_and_nothing() {
    reads(&Platform::Apple, [json!("Apple"), json!("APPLE"), json!(2), json!("2"), json!("iOS")]);
    reads(&Ownership::Corporate, [json!("C"), json!("c"), json!("CorporateDedicated"), json!("CORPORATE")]);
    reads(&true, [json!(true), json!("true"), json!("True"), json!(1), json!("Y"), json!("Enabled"), json!("Active")]);
    reads(&false, [json!(false), json!("False"), json!(0), json!("N"), json!("Disabled"), json!("inactive")]);
    reads(&85.0, [json!(85), json!("85"), json!("85%"), json!(85.0)]);
    reads::<Option<Stamp>>(&None, [json!("0001-01-01T00:00:00.000"), json!(""), json!("1/1/0001 12:00:00 AM")]);
    reads::<Option<i64>>(&None, [json!(""), json!(" ")]);
    reads(&Vec::<String>::new(), [json!([]), json!({}), json!(""), json!([null])]);
}

#[test]
fn a_list_is_the_same_in_every_envelope() {
    let expected = tags::TagPage {
        tags: vec![tags::Tag { tag_name: "a".to_owned(), ..Default::default() }],
        ..Default::default()
    };
    for envelope in [
        json!({"Tags": [{"TagName": "a"}]}),
        json!({"tags": [{"TAGNAME": "a"}]}),
        json!({"Tag": [{"tagname": "a"}]}),
        json!({"Tags": {"Tag": [{"TagName": "a"}]}}),
        json!({"Tags": {"TagName": "a"}}),
        json!([{"TagName": "a"}]),
    ] {
        assert_eq!(
            serde_json::from_value::<tags::TagPage>(envelope.clone()).ok(),
            Some(expected.clone()),
            "{envelope}"
        );
    }
    let rows = Rows(vec![7_i64, 8]);
    for envelope in [json!([7, 8]), json!({"items": [7, 8]}), json!(["7", {"Value": 8}])] {
        assert_eq!(serde_json::from_value::<Rows<i64>>(envelope.clone()).ok(), Some(rows.clone()), "{envelope}");
    }
}

#[test]
fn a_secret_is_in_no_log_and_in_no_error() {
    let sent = json!({"UserName": "ada", "Password": "canary-1"});
    let admin: muster_model::admins::Admin = serde_json::from_value(sent.clone()).expect("reads");
    assert!(!format!("{admin:?}").contains("canary"), "{admin:?}");
    assert_eq!(serde_json::to_value(&admin).expect("writes"), sent);
}
