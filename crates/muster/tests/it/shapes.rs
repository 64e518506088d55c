//! The fields of every command's JSON and their types: what scripts rely on. A change here is a change of the
//! interface, and belongs into the changelog.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::tenant::{Home, Tenant, envelope, json};

#[test]
fn the_json_of_every_command() {
    // So slow that no device does anything meanwhile: what is null stays null.
    let tenant = Tenant::serve(&["--devices", "300", "--speed", "0.001"]);
    let home = &tenant.home;
    let mut shapes: BTreeMap<&str, Value> = BTreeMap::new();
    let mut record = |name, value: &Value| {
        shapes.insert(name, shape(value));
    };
    home.run(&["context", "add", "local", "--from", "ready.json"]).success();
    record("context list", &json(&home.run(&["context", "list"]).success()));
    record("context show", &json(&home.run(&["context", "show"]).success()));
    record("doctor", &tenant.json(&["doctor"]));
    record("devices search", &tenant.json(&["devices", "search"]));
    let serial = tenant.serials(1).remove(0);
    let sync = ["devices", "command", "SyncDevice", "--serial", &serial];
    record("devices command --dry-run", &tenant.json(&[&sync[..], &["-n"]].concat()));
    record("devices command", &tenant.json(&[&sync[..], &["--yes"]].concat()));
    record("devices tag", &tenant.json(&["devices", "tag", "--add", "A", "--serial", &serial, "--yes"]));
    record("devices show", &tenant.json(&["devices", "show", &serial]));
    record("compliance report", &tenant.json(&["compliance", "report"]));
    record("compliance remediate", &json(&tenant.run(&["compliance", "remediate", "--yes"])));
    home.run(&["users", "provision", "--sample", "sample.csv"]).success();
    record("users provision", &tenant.json(&["users", "provision", "sample.csv", "--yes"]));
    let deploy = ["apps", "deploy", "--app", "Google Chrome", "--smart-group", "All Devices", "--yes"];
    record("apps deploy", &tenant.json(&deploy));
    record("apps status", &tenant.json(&["apps", "status", "Google Chrome"]));
    let held = json(&tenant.run(&["devices", "command", "DeviceWipe", "--serial", &serial, "--yes"]).code(8));
    let plan = held["plan"].as_str().expect("an id");
    record("plan list", &tenant.json(&["plan", "list"]));
    record("plan show", &tenant.json(&["plan", "show", plan]));
    record("policy show", &tenant.json(&["policy", "show", "-o", "json"]));
    record("policy check", &tenant.json(&["policy", "check"]));
    record("policy explain", &tenant.json(&["policy", "explain", plan]));
    record("plan export", &tenant.json(&["plan", "export", plan]));
    record("plan diff", &tenant.json(&["plan", "diff", plan, plan]));
    home.run(&["plan", "export", plan, "plan.json"]).success();
    record("plan import", &tenant.json(&["plan", "import", "plan.json", "-o", "json"]));
    let key = home.approver("grace");
    record("approvers list", &tenant.json(&["approvers", "list"]));
    record("approve", &tenant.json(&["approve", plan, "--confirm", "1", "--key", &key]));
    let template =
        ["templates", "add", "t", "--for", "schedule compliance", "--action", "EnterpriseWipe", "--workflow"];
    let bounds = ["compliance", "--at-most", "1", "--per", "24h", "--for-days", "1", "--key", &key, "--yes"];
    record("templates add", &tenant.json(&[&template[..], &bounds].concat()));
    record("templates list", &tenant.json(&["templates", "list"]));
    let jobs = tenant.json(&["jobs", "list"]);
    record("jobs list", &jobs);
    record("jobs show", &tenant.json(&["jobs", "show", jobs[0]["job"].as_str().expect("an id")]));
    record("audit list", &tenant.json(&["audit", "list", "--limit", "1"]));
    record("audit verify", &tenant.json(&["audit", "verify"]));
    record("audit checkpoint", &tenant.json(&["audit", "checkpoint", "-o", "json"]));
    record(
        "an error",
        &serde_json::json!({ "error": envelope(&Home::new().run(&["devices", "search", "-o", "json"]).code(2)) }),
    );
    insta::assert_json_snapshot!(shapes);
}

/// A value's form: fields with their types, and of a list the form of its first row. A field that may be missing a
/// value is described by whichever row has one.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(fields) => fields.iter().map(|(name, inner)| (name.clone(), shape(inner))).collect(),
        Value::Array(rows) => {
            let mut merged = Value::Null;
            rows.iter().for_each(|row| merge(&mut merged, shape(row)));
            Value::Array(if merged.is_null() { Vec::new() } else { vec![merged] })
        }
        Value::String(_) => "text".into(),
        Value::Number(_) => "number".into(),
        Value::Bool(_) => "flag".into(),
        Value::Null => Value::Null,
    }
}

fn merge(into: &mut Value, other: Value) {
    match (into, other) {
        (Value::Object(fields), Value::Object(others)) => {
            for (name, other) in others {
                merge(fields.entry(name).or_insert(Value::Null), other);
            }
        }
        (into, other) if into.is_null() || into.as_array().is_some_and(Vec::is_empty) => *into = other,
        _ => {}
    }
}
