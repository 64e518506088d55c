//! The two forms of a relay server's document, member by member.

use serde_json::{Map, Value, json};

/// How a member is written in version 1; version 2, which is kept, has texts, numbers, flags and words.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Same,
    /// `"true"` for `true`.
    Flag,
    /// The number of a word, counted from 0.
    Number(&'static [&'static str]),
    /// Another case of a word.
    Word,
}

type Members = &'static [(&'static str, &'static str, Form)];

const TYPES: &[&str] = &["UNKNOWN", "PUSH", "PULL", "CLOUD_RELAY"];
const PROTOCOLS: &[&str] = &["UNKNOWN", "FTP", "FTPS", "SFTP", "HTTPS"];

const GENERAL: Members = &[
    ("Name", "name", Form::Same),
    ("Description", "description", Form::Same),
    ("Active", "active", Form::Flag),
    ("RelayServerTypeId", "type", Form::Number(TYPES)),
    ("RelayServerLogLevel", "log_level", Form::Word),
    ("RestrictContentDeliveryWindow", "restrict_content_delivery_window", Form::Flag),
    ("StartTime", "start_time", Form::Same),
    ("EndTime", "end_time", Form::Same),
];
const CONNECTION: Members = &[
    ("Hostname", "hostname", Form::Same),
    ("Port", "port", Form::Same),
    ("User", "user", Form::Same),
    ("Password", "password", Form::Same),
    ("Path", "path", Form::Same),
    ("PassiveMode", "passive_mode", Form::Flag),
    ("VerifyServer", "verify_server", Form::Flag),
    ("Protocol", "protocol_type", Form::Number(PROTOCOLS)),
    ("CopyValuesfromDeviceConnection", "copy_values_from_device_connection", Form::Flag),
];
const PULL: Members = &[
    ("MaxPullConnections", "max_pull_connections", Form::Same),
    ("MaxPushConnections", "max_push_connections", Form::Same),
    ("PullDiscoveryText", "pull_discovery_text", Form::Same),
    ("PullFrequency", "pull_frequency", Form::Same),
    ("PullLocalDirectory", "pull_local_directory", Form::Same),
    ("ReportStatusBatchSize", "report_status_batch_size", Form::Same),
];

/// Parts of a document: name in version 1, name in version 2, members.
const PARTS: &[(&str, &str, Members)] = &[
    ("General", "general", GENERAL),
    ("DeviceConnection", "device_connection", CONNECTION),
    ("ConsoleConnection", "console_connection", CONNECTION),
    ("PullConnection", "pull_connection", PULL),
];

/// A document of version 1 as version 2 has it; the assignment stays as it is.
pub(super) fn kept(first: &Map<String, Value>) -> Map<String, Value> {
    let mut kept = Map::new();
    for (theirs, ours, members) in PARTS {
        let Some(part) = first.get(*theirs).and_then(Value::as_object) else { continue };
        let read = members.iter().filter_map(|(theirs, ours, form)| {
            let value = part.get(*theirs)?;
            let value = match form {
                Form::Same => value.clone(),
                Form::Flag => json!(
                    value.as_str().is_some_and(|text| ["true", "1", "yes"].contains(&text.to_lowercase().as_str()))
                ),
                Form::Number(words) => json!(words.get(usize::try_from(value.as_i64()?).ok()?)?),
                Form::Word => json!(value.as_str()?.to_uppercase()),
            };
            Some(((*ours).to_owned(), value))
        });
        kept.insert((*ours).to_owned(), Value::Object(read.collect()));
    }
    if let Some(assignment) = first.get("Assignment") {
        kept.insert("assignment".to_owned(), assignment.clone());
    }
    kept
}

/// The kept document as version 1 has it.
pub(super) fn first(kept: &Map<String, Value>) -> Map<String, Value> {
    let mut first = Map::new();
    for (theirs, ours, members) in PARTS {
        let part = kept.get(*ours).and_then(Value::as_object).cloned().unwrap_or_default();
        let shown = members.iter().filter(|member| member.1 != "password").filter_map(|(theirs, ours, form)| {
            let value = part.get(*ours)?;
            let value = match form {
                Form::Same => value.clone(),
                Form::Flag => json!(value.as_bool().unwrap_or_default().to_string()),
                Form::Number(words) => json!(words.iter().position(|word| value == word)?),
                Form::Word => json!(value.as_str()?),
            };
            Some(((*theirs).to_owned(), value))
        });
        first.insert((*theirs).to_owned(), Value::Object(shown.collect()));
    }
    first.insert("Assignment".to_owned(), kept.get("assignment").cloned().unwrap_or_default());
    first
}

/// The kept document without what is never read.
pub(super) fn second(kept: &Map<String, Value>) -> Map<String, Value> {
    let mut second = kept.clone();
    for part in second.values_mut().filter_map(Value::as_object_mut) {
        part.remove("password");
    }
    second
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_of_version_1_comes_back_without_its_password() {
        let given = json!({
            "General": { "Name": "Dock", "Active": "true", "RelayServerTypeId": 1 },
            "DeviceConnection": { "Hostname": "dock.example.com", "Port": 21, "Protocol": 3, "Password": "x" },
        });
        let kept = kept(given.as_object().expect("an object"));
        assert_eq!(kept["general"], json!({ "name": "Dock", "active": true, "type": "PUSH" }));
        assert_eq!(kept["device_connection"]["protocol_type"], "SFTP");
        let first = Value::Object(first(&kept));
        assert_eq!(first["General"], given["General"]);
        assert_eq!(first["DeviceConnection"].get("Password"), None);
        assert_eq!(second(&kept)["device_connection"].get("password"), None);
    }
}
