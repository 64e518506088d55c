//! The table of effects, compared with the facts, the typed endpoints and its own rules.

use serde_json::{Value, json};

use super::super::facts::{Facts, guide, published};
use super::super::{ALL, Shape};
use super::*;
use crate::endpoint::Method;

fn all() -> impl Iterator<Item = (&'static Facts, &'static Operation)> {
    [published(), guide()]
        .into_iter()
        .flat_map(|facts| facts.operations.iter().map(move |operation| (facts, operation)))
}

fn operation(key: &str) -> &'static Operation {
    published().operation(key).or_else(|| guide().operation(key)).unwrap_or_else(|| panic!("no {key}"))
}

#[test]
fn every_operation_is_classed_and_no_line_is_left_over() {
    let mut lines = 0;
    for (_, operation) in all() {
        let line = operation.line().unwrap_or_else(|| panic!("{} has no class", operation.key));
        assert_eq!(line.address, (operation.method.as_str(), operation.path.as_str()), "{}", operation.key);
        assert_eq!(line.area, operation.area, "{}", operation.key);
        lines += 1;
    }
    assert_eq!(table().len(), lines, "a line is about no operation");
    assert_eq!(published().operations.len(), 979);
}

#[test]
fn the_table_is_sorted_by_area_and_no_line_stands_twice() {
    for text in [include_str!("../facts/effects.txt"), include_str!("../facts/effects_guide.txt")] {
        let areas: Vec<String> =
            text.lines().filter_map(|line| line.strip_prefix("= ")).map(str::to_lowercase).collect();
        assert!(areas.is_sorted());
    }
    let lines = [include_str!("../facts/effects.txt"), include_str!("../facts/effects_guide.txt")];
    let lines = lines.iter().flat_map(|text| text.lines()).filter(|line| line.contains(" /")).count();
    assert_eq!(lines, table().len());
}

/// Words of ids and paths that speak of something that goes away.
const GOING: [&str; 18] = [
    "delet",
    "remov",
    "wipe",
    "erase",
    "unassign",
    "retire",
    "revok",
    "revoc",
    "unenrol",
    "deactivat",
    "purge",
    "unpin",
    "uninstall",
    "withdraw",
    "destroy",
    "discard",
    "cancel",
    "clear",
];

#[test]
fn nothing_that_goes_away_is_classed_lower_than_destroy_without_a_reason() {
    for (_, operation) in all().filter(|(_, operation)| operation.effect() < Effect::Destroy) {
        assert_ne!(operation.method, Method::Delete, "{}", operation.key);
        let words = format!("{} {}", operation.id, operation.path).to_lowercase();
        if let Some(word) = GOING.iter().find(|word| words.contains(*word)) {
            let reason = operation.line().and_then(|line| line.reason);
            assert!(reason.is_some(), "{} speaks of `{word}`", operation.key);
        }
    }
    // The reasons are few, and each of them reads or can be set back.
    let lower = all().filter(|(_, operation)| operation.effect() < Effect::Destroy);
    let reasons = lower.filter_map(|(_, operation)| operation.line()?.reason.map(|_| operation.key.as_str()));
    assert_eq!(
        reasons.collect::<Vec<_>>(),
        [
            "systemv1/DeviceWipes_GetWipeLockStateAsync",
            "systemv1/DeviceWipes_GetDeviceWipeEventsAsync",
            "systemv1/DeviceWipes_CreateDeviceWipeLogReportAsync",
            "systemv1/User_BulkDeActivateAsync",
            "systemv1/User_DeactivateUserAsync",
            "mamv1/Apps_GetAppRemovalProtectionLogs",
            "guide/users.deactivate",
            "guide/policies.wipeprotection",
        ]
    );
}

#[test]
fn typed_endpoints_and_the_table_agree() {
    for entry in ALL {
        let facts = if entry.path.starts_with("/API/") { guide() } else { published() };
        let operation = facts.at(entry.method, entry.path, entry.version).expect("a fact");
        assert_eq!(entry.effect, operation.effect(), "{} and {}", entry.name, operation.key);
    }
}

#[test]
fn reads_are_gets_or_ask_with_a_body_and_no_get_changes_anything() {
    for (_, operation) in all() {
        match operation.method {
            Method::Get => assert_eq!(operation.effect(), Effect::Read, "{}", operation.key),
            Method::Put | Method::Patch | Method::Delete => {
                assert_ne!(operation.effect(), Effect::Read, "{}", operation.key)
            }
            Method::Post => {}
        }
    }
}

/// An argument that decides has to be one that the operation has.
#[test]
fn deciding_arguments_exist_and_only_make_it_milder() {
    for (facts, operation) in all() {
        let Some(line) = operation.line() else { continue };
        let Some(by) = &line.by else { continue };
        match by.place {
            Where::Parameter(place) => {
                let known =
                    operation.parameters.iter().any(|p| p.place == place && p.name.eq_ignore_ascii_case(by.name));
                assert!(known, "{} has no {}", operation.key, by.name);
            }
            Where::Body => {
                let mut shape = operation.body.as_ref().expect("a body");
                for step in by.name.split('.') {
                    while let Shape::Named(_) | Shape::List(_) = shape {
                        shape = match shape {
                            Shape::Named(index) => facts.shape(*index),
                            Shape::List(each) => each,
                            other => other,
                        };
                    }
                    let Shape::Members { members, .. } = shape else {
                        panic!("{}: no members at {step}", operation.key)
                    };
                    let member = members.iter().find(|(name, _)| name.eq_ignore_ascii_case(step));
                    shape = member.unwrap_or_else(|| panic!("{} has no {step}", operation.key)).1;
                }
            }
        }
        if let Words::Listed(listed) = &by.words {
            assert!(!listed.is_empty() && listed.iter().all(|(_, class)| *class < line.effect), "{}", operation.key);
        }
    }
}

fn effect(key: &str, parameters: &[(&str, &str)], body: Value) -> Effect {
    let mut arguments = Arguments::default();
    for (name, value) in parameters {
        arguments.set(*name, *value);
    }
    let arguments = if body.is_null() { arguments } else { arguments.with_body(body) };
    operation(key).effect_of(&arguments)
}

#[test]
fn the_class_of_a_command_is_that_of_its_word() {
    let none = Value::Null;
    let send = "mdmv1/CommandsV1_ExecuteAsync";
    for (word, class) in [
        ("SyncDevice", Effect::Write),
        ("devicewipe", Effect::Destroy),
        ("EnterpriseWipe", Effect::Destroy),
        ("SelfDestruct", Effect::Destroy),
    ] {
        assert_eq!(effect(send, &[("Command", word)], none.clone()), class, "{word}");
        assert_eq!(effect("mdmv3/CommandsV3_ExecuteAsync", &[("commandName", word)], none.clone()), class, "{word}");
        assert_eq!(effect("guide/devices.command", &[], json!({"command": word})), class, "{word}");
    }
    assert_eq!(effect(send, &[], none.clone()), Effect::Destroy, "no word is the worst word");
    assert_eq!(
        effect("mdmv1/AdminActionV1_BulkAdminActionAsync", &[("adminAction", "DEVICE_WIPE")], none),
        Effect::Destroy
    );
    assert_eq!(
        effect("mdmv1/AdminActionV1_BulkAdminActionAsync", &[("adminAction", "SYNC_DEVICE")], json!({})),
        Effect::Write
    );
    // The milder of two spellings does not hide the other.
    assert_eq!(
        effect("guide/devices.command", &[], json!({"command": "SyncDevice", "Command": "DeviceWipe"})),
        Effect::Destroy
    );
}

#[test]
fn words_in_bodies_and_queries_decide_too() {
    let scim = "systemv2/ScimV2Groups_GroupActionsAsync";
    assert_eq!(effect(scim, &[], json!({"operations": [{"op": "Add"}, {"op": "add"}]})), Effect::Write);
    assert_eq!(effect(scim, &[], json!({"operations": [{"op": "Add"}, {"op": "Remove"}]})), Effect::Destroy);
    assert_eq!(effect(scim, &[], json!({})), Effect::Destroy);
    let wipes = "systemv1/DeviceWipes_UpdateWipeActionsAsync";
    assert_eq!(effect(wipes, &[("action", "REJECT")], json!([])), Effect::Write);
    assert_eq!(effect(wipes, &[("action", "APPROVE")], json!([])), Effect::Destroy);
    assert_eq!(effect("guide/apps.update", &[], json!({"Description": "x"})), Effect::Write);
    assert_eq!(effect("guide/apps.update", &[], json!({"Status": "Retired"})), Effect::Destroy);
}

#[test]
fn what_deletes_devices_by_post_is_no_write() {
    assert_eq!(operation("mdmv1/Devices_BulkDeleteDevicesAsync").effect(), Effect::Destroy);
    assert_eq!(operation("mdmv1/Devices_BulkGetDevicesByAlternateIdAsync").effect(), Effect::Read);
    assert_eq!(operation("mdmv1/CommandsV1_BulkExecuteAsync").effect(), Effect::Destroy);
}
