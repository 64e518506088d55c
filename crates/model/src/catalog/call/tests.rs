//! Arguments that fit and arguments that do not, for all operations.

use serde_json::json;

use super::super::facts::{guide, published};
use super::*;
use crate::endpoint::Effect;

fn prepare(key: &str, arguments: &Arguments) -> Result<Prepared, String> {
    let facts = if published().operation(key).is_some() { published() } else { guide() };
    let operation = facts.operation(key).unwrap_or_else(|| panic!("no {key}"));
    operation.prepare(facts, arguments).map_err(|misfit| misfit.to_string())
}

fn refused(key: &str, arguments: &Arguments) -> String {
    prepare(key, arguments).expect_err("a misfit")
}

/// Arguments that fit, made from the facts.
fn fitting(facts: &Facts, operation: &Operation) -> Arguments {
    operation.example_arguments(facts)
}

#[test]
fn every_operation_can_be_called_with_arguments_made_from_its_facts() {
    let mut count = 0;
    for facts in [published(), guide()] {
        for operation in &facts.operations {
            let made = operation.prepare(facts, &fitting(facts, operation)).unwrap_or_else(|misfit| panic!("{misfit}"));
            assert_eq!(made.method, operation.method, "{}", operation.key);
            assert_eq!(made.segments.len(), operation.path.matches('{').count(), "{}", operation.key);
            assert!(made.accept.ends_with(&format!(";version={}", operation.version)), "{}", operation.key);
            assert_eq!(made.content.is_some(), operation.media() != Media::Nothing, "{}", operation.key);
            for (name, _) in &made.query {
                assert!(operation.parameters.iter().any(|known| known.name == *name && known.place == Place::Query));
            }
            count += usize::from(facts.operation(&operation.key).is_some() && operation.path.starts_with("/api/"));
        }
    }
    assert_eq!(count, 979);
}

#[test]
fn a_parameter_that_is_missing_unknown_or_of_another_type_is_named_with_its_type() {
    let search = "mdmv1/Devices_SearchAsync";
    let unknown = refused(search, &Arguments::default().with("pagesise", 5));
    assert!(unknown.contains("no parameter `pagesise`") && unknown.contains("pagesize"), "{unknown}");
    let wrong = refused(search, &Arguments::default().with("PageSize", "many"));
    assert_eq!(wrong, "mdmv1/Devices_SearchAsync: pagesize must be a whole number of 32 bits, and is `many`");
    let missing = refused("mdmv1/Devices_GetByIdAsync", &Arguments::default());
    assert!(missing.contains("id is missing; it is a whole number"), "{missing}");
    let uuid = refused("mdmv2/DevicesV2_GetByUuidAsync", &Arguments::default().with("uuid", "seven"));
    assert!(uuid.contains("uuid must be a UUID, and is `seven`"), "{uuid}");
    let twice = refused(search, &Arguments::default().with("user", "a").with("USER", "b"));
    assert!(twice.contains("user was given more than once"), "{twice}");
    let path = refused("guide/apps.get", &Arguments::default().with("id", ".."));
    assert!(path.contains("id must be"), "{path}");
    let word = refused(
        "systemv1/DeviceWipes_UpdateWipeActionsAsync",
        &Arguments::default()
            .with("organizationGroupUuid", "00000000-0000-0000-0000-000000000001")
            .with("action", "MAYBE")
            .with_body(json!([])),
    );
    assert!(word.contains("action must be one of APPROVE, REJECT"), "{word}");
}

#[test]
fn a_body_is_checked_member_by_member() {
    let add = "mdmv1/Tags_AddTag";
    let good =
        prepare(add, &Arguments::default().with_body(json!({"tagname": "a", "TagType": 1, "LocationGroupId": "570"})));
    let (kind, bytes) = good.expect("fits").content.expect("a body");
    assert_eq!(kind, "application/json");
    let sent: Value = serde_json::from_slice(&bytes).expect("JSON");
    assert_eq!(sent, json!({"tagname": "a", "TagType": 1, "LocationGroupId": "570"}), "it leaves as it was given");
    let surplus = refused(add, &Arguments::default().with_body(json!({"TagNam": "a"})));
    assert!(surplus.contains("no member `TagNam`") && surplus.contains("TagName"), "{surplus}");
    let wrong = refused(add, &Arguments::default().with_body(json!({"LocationGroupId": "x"})));
    assert!(wrong.contains("LocationGroupId must be a whole number"), "{wrong}");
    let file = refused(add, &Arguments::default().with_content(Content::Bytes(vec![1])));
    assert!(file.contains("its body is JSON"), "{file}");
    let none = refused("mdmv1/Devices_SearchAsync", &Arguments::default().with_body(json!({})));
    assert!(none.contains("it takes no body"), "{none}");
    let upload = Arguments::default().with("fileName", "a.apk").with("organizationGroupId", 570);
    let upload = prepare("mamv1/BlobsV1_UploadBlobAsync", &upload.with_content(Content::Bytes(b"PK".to_vec())));
    assert_eq!(upload.expect("fits").content, Some(("application/octet-stream".to_owned(), b"PK".to_vec())));
}

#[test]
fn queries_have_the_published_spelling_and_lists_are_repeated() {
    let made = prepare("mdmv1/Devices_SearchAsync", &Arguments::default().with("PAGESIZE", "10").with("lgid", 570))
        .expect("fits");
    assert_eq!(made.query, [("lgid".to_owned(), "570".to_owned()), ("pagesize".to_owned(), "10".to_owned())]);
    let listed = published().operations.iter().find_map(|operation| {
        let list = operation
            .parameters
            .iter()
            .find(|known| known.place == Place::Query && matches!(known.shape, Shape::List(_)))?;
        Some((operation, list))
    });
    let (operation, list) = listed.expect("some operation takes a list");
    let value = list.shape.example(published())[0].clone();
    let with = |value: Value| {
        let arguments = fitting(published(), operation).replacing(&list.name, value);
        operation.prepare(published(), &arguments).expect("fits").query
    };
    let (one, two) = (with(value.clone()), with(json!([value, value])));
    let count = |query: &[(String, String)]| query.iter().filter(|(name, _)| *name == list.name).count();
    assert_eq!((count(&one), count(&two)), (1, 2));
}

#[test]
fn a_form_has_its_parts_between_boundaries() {
    let part = Part { name: "file".to_owned(), file_name: Some("a\".zip".to_owned()), bytes: b"zip".to_vec() };
    let made = prepare(
        "mdmv1/WorkflowImportExportV1_ImportWorkflowAsync",
        &Arguments::default().with_content(Content::Form(vec![part])),
    );
    let (kind, bytes) = made.expect("fits").content.expect("a form");
    assert_eq!(kind, "multipart/form-data; boundary=muster-00000000");
    let text = String::from_utf8(bytes).expect("a text");
    assert!(
        text.contains("name=\"file\"; filename=\"a%22.zip\"") && text.ends_with("\r\nzip\r\n--muster-00000000--\r\n"),
        "{text}"
    );
}

#[test]
fn an_operation_is_found_by_its_key_its_name_or_its_address() {
    let found = |name: &str| published().find(name).map(|operation| operation.key.as_str());
    assert_eq!(found("mdmv1/Devices_SearchAsync"), Ok("mdmv1/Devices_SearchAsync"));
    assert_eq!(found("MDMV1/devices_searchasync"), Ok("mdmv1/Devices_SearchAsync"));
    assert_eq!(found("Tags_AddTag"), Ok("mdmv1/Tags_AddTag"), "an id that only one API has");
    assert_eq!(found("devices.search"), Ok("mdmv1/Devices_SearchAsync"), "the name of a typed endpoint");
    assert!(found("Devices_SerchAsync").is_err_and(|near| near.contains(&"mdmv1/Devices_SearchAsync")));
    let (operation, arguments) = published().matching(Method::Get, "/mdm/devices/17", None).expect("an operation");
    assert_eq!(
        (operation.key.as_str(), arguments),
        ("mdmv1/Devices_GetByIdAsync", vec![("id".to_owned(), "17".to_owned())])
    );
    let (operation, _) = published().matching(Method::Get, "/API/mdm/devices/search", Some(3)).expect("an operation");
    assert_eq!(operation.key, "mdmv3/DevicesV3_SearchAsync");
    let (operation, arguments) =
        published().matching(Method::Get, "/api/mdm/devices/00000000-0000-0000-0000-000000000001", None).expect("one");
    assert_eq!((operation.version, arguments[0].0.as_str()), (2, "uuid"), "the form of the argument decides");
    assert!(published().matching(Method::Get, "/mdm/nowhere", None).is_none());
    assert_eq!(operation.effect(), Effect::Read);
}
