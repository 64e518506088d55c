//! Recorded samples are read, and come back unchanged. A sample is `samples/<endpoint>.json`, or
//! `samples/<endpoint>~<what is special>.json`: an answer of our own UEM, or one in the shape that is on record for
//! real tenants, with names and numbers of our own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use muster_model::catalog::ALL;
use muster_model::record::Sketch;
use muster_model::{Endpoint, Stamp, Wire};
use serde_json::{Map, Value};

/// Reads a value as the answer of an endpoint and writes it again.
pub(crate) type Again = fn(Value) -> Result<Value, String>;

fn again<E: Endpoint>(value: Value) -> Result<Value, String> {
    // From a text, with and without values in between, and from a value: all readers of a record must agree.
    let told = |error: serde_json::Error| error.to_string();
    let (text, spacious) = (value.to_string(), format!(" {value:#}\r\n"));
    let texts =
        [E::Answer::of_json(text.as_bytes()).map_err(told)?, E::Answer::of_json(spacious.as_bytes()).map_err(told)?];
    let [stream, tree] = [serde_json::from_str(&text).map_err(told)?, serde_json::from_value(value).map_err(told)?];
    let written = |answer: E::Answer| {
        // The order of members does not matter, and what is written at once is what is written as a value.
        let value = serde_json::to_value(&answer).expect("writes");
        let text: Value = serde_json::from_str(&serde_json::to_string(&answer).expect("writes")).expect("JSON");
        assert_eq!(text, value, "{}", E::NAME);
        value
    };
    let [one, other] = texts.map(&written);
    let [stream, tree]: [Value; 2] = [stream, tree].map(&written);
    if one == tree && other == tree && stream == tree {
        Ok(tree)
    } else {
        Err(format!("{one} and {other} of a text, {stream} of a stream, {tree} of a value"))
    }
}

/// Every endpoint, by name.
pub(crate) fn endpoints() -> BTreeMap<&'static str, Again> {
    let mut all = BTreeMap::new();
    macro_rules! collect {
        ($($endpoint:ty),+ $(,)?) => {
            $(all.insert(<$endpoint as Endpoint>::NAME, again::<$endpoint> as Again);)+
        };
    }
    muster_model::every_endpoint!(collect);
    all
}

/// Endpoints whose success says nothing that is JSON.
fn silent() -> BTreeSet<&'static str> {
    let mut silent = BTreeSet::new();
    macro_rules! collect {
        ($($endpoint:ty),+ $(,)?) => {$(
            let sketch = <<$endpoint as Endpoint>::Answer as Wire>::sketch();
            if matches!(sketch, Sketch::Nothing) {
                silent.insert(<$endpoint as Endpoint>::NAME);
            }
        )+};
    }
    muster_model::every_endpoint!(collect);
    silent
}

/// Name of the endpoint, name of the file, content.
pub(crate) fn samples() -> Vec<(String, String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/samples");
    let mut samples = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder of samples") {
        let path = entry.expect("an entry").path();
        let file = path.file_stem().and_then(|stem| stem.to_str()).expect("a name").to_owned();
        let text = std::fs::read_to_string(&path).expect("a text");
        let value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"));
        // A name may have a slash, a file may not.
        let endpoint = file.split('~').next().unwrap_or_default().replace('_', "/");
        samples.push((endpoint, file, value));
    }
    samples.sort_by(|left, right| left.1.cmp(&right.1));
    samples
}

/// What differs between a value and what was written of it, beyond the forms that the reader is meant to even out:
/// a member that is null or says nothing, names in other case or number, numbers and flags as texts, wrapped ids,
/// another layout of the same moment, a word for its number.
pub(crate) fn difference(before: &Value, after: &Value, at: &str) -> Option<String> {
    match (before, after) {
        (Value::Object(old), Value::Object(new)) => objects(old, new, at),
        (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
            let mut pairs = old.iter().zip(new).enumerate();
            pairs.find_map(|(index, (old, new))| difference(old, new, &format!("{at}[{index}]")))
        }
        (old, new) if old == new || plain(old) == plain(new) => None,
        (old, new) => Some(format!("{at}: {old} became {new}")),
    }
}

fn objects(old: &Map<String, Value>, new: &Map<String, Value>, at: &str) -> Option<String> {
    for (name, value) in old {
        let same = |other: &&String| alike(name, other);
        let found = new.get(name).or_else(|| new.keys().find(same).and_then(|other| new.get(other)));
        let place = format!("{at}.{name}");
        match found {
            Some(other) => {
                if let Some(difference) = difference(value, other, &place) {
                    return Some(difference);
                }
            }
            None if says_nothing(value) => {}
            None => return Some(format!("{place}: {value} is lost")),
        }
    }
    let added = new.iter().find(|(name, value)| {
        let known = |other: &String| alike(other, name);
        !says_nothing(value) && !old.keys().any(known)
    });
    added.map(|(name, value)| format!("{at}.{name}: {value} was not there"))
}

/// Whether a name may have been read as another one: ids of what was made have several.
fn alike(read: &str, written: &str) -> bool {
    let (read, written) = (stem(read), stem(written));
    read == written || (read == "id" && written == "value") || (read.ends_with("uuid") && written == "uuid")
}

/// A name without what may differ: case, and the plural.
fn stem(name: &str) -> String {
    name.to_lowercase().trim_end_matches('s').to_owned()
}

fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(flag) => !flag,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty() || text.starts_with("0001-01-01"),
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.values().all(says_nothing),
    }
}

/// A value without its form.
fn plain(value: &Value) -> String {
    match value {
        Value::Object(members) if members.len() == 1 => members.values().next().map(plain).unwrap_or_default(),
        Value::String(text) => {
            let text = text.trim();
            if let Ok(flag) = text.to_lowercase().parse::<bool>() {
                return i32::from(flag).to_string();
            }
            let known = muster_model::words::Platform::known(text).map(|platform| platform.to_string());
            match (text.parse::<f64>(), text.parse::<Stamp>(), text.parse::<uuid::Uuid>()) {
                (Ok(number), ..) => number.to_string(),
                (_, Ok(stamp), _) => stamp.to_string(),
                (.., Ok(uuid)) => uuid.to_string(),
                _ => known.unwrap_or_else(|| text.to_lowercase()),
            }
        }
        Value::Number(number) => number.as_f64().unwrap_or_default().to_string(),
        Value::Bool(flag) => i32::from(*flag).to_string(),
        nothing if says_nothing(nothing) => String::new(),
        other => other.to_string(),
    }
}

#[test]
fn every_sample_is_read_and_comes_back_unchanged() {
    let endpoints = endpoints();
    let mut found = Vec::new();
    for (endpoint, file, sample) in samples() {
        let Some(again) = endpoints.get(endpoint.as_str()) else {
            found.push(format!("{file}: no such endpoint"));
            continue;
        };
        match again(sample.clone()) {
            Ok(written) => found.extend(difference(&sample, &written, &file)),
            Err(why) => found.push(format!("{file}: {why}")),
        }
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

/// Endpoints whose answer is no JSON.
const WITHOUT: [&str; 1] = ["blobs.download"];

#[test]
fn every_answer_has_a_sample() {
    let (sampled, silent): (BTreeSet<String>, _) = (samples().into_iter().map(|(name, ..)| name).collect(), silent());
    let missing: Vec<&str> =
        ALL.iter().map(|entry| entry.name).filter(|name| !sampled.contains(*name) && !silent.contains(name)).collect();
    assert_eq!(missing, WITHOUT);
}
