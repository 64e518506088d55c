//! What an item makes of its target: each thing that becomes another, as it was seen and as it will be.

use muster_model::commands::Command;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Action, PlanItem};

/// One thing that changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What changes: `tags`, `enrollment`, `Email`.
    pub what: String,
    /// As it was when the plan was made; `null` if there was nothing, or nobody looked.
    pub before: Value,
    pub after: Value,
}

impl Change {
    fn new(what: impl Into<String>, before: impl Into<Value>, after: impl Into<Value>) -> Self {
        Self { what: what.into(), before: before.into(), after: after.into() }
    }
}

impl std::fmt::Display for Change {
    /// `enrollment: Enrolled → Unenrolled`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} → {}", self.what, words(&self.before), words(&self.after))
    }
}

/// A value as people write it; `–` for nothing.
fn words(value: &Value) -> String {
    match value {
        Value::Null => "–".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(values) if values.is_empty() => "–".to_owned(),
        Value::Array(values) => values.iter().map(words).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

/// What an item changes; nothing for one that is skipped.
pub fn changes(item: &PlanItem) -> Vec<Change> {
    if item.decision.verdict == super::Verdict::Skip {
        return Vec::new();
    }
    let seen = |name: &str| member(item.before.as_ref(), name);
    if item.action.asked().is_some() {
        return vec![Change::new("queue", Value::Null, item.action.describe())];
    }
    match &item.action {
        Action::SendCommand { command, .. } => of_command(*command, seen("enrollment")),
        Action::Retag { add, remove } => {
            let before: Vec<String> = texts(&seen("tags"));
            let gone = |tag: &String| remove.iter().any(|other| other.eq_ignore_ascii_case(tag));
            let mut after: Vec<String> = before.iter().filter(|tag| !gone(tag)).cloned().collect();
            after.extend(add.iter().filter(|tag| !before.contains(tag)).cloned());
            vec![Change::new("tags", before, after)]
        }
        Action::CreateUser { user, .. } | Action::UpdateUser { changes: user } => {
            let Ok(Value::Object(fields)) = serde_json::to_value(user) else { return Vec::new() };
            let named = |(name, value): (String, Value)| {
                let before = seen(&name);
                (before != value).then(|| Change::new(name, before, value))
            };
            fields.into_iter().filter_map(named).collect()
        }
        Action::JoinUserGroup { group_name, .. } => {
            vec![Change::new("user group", Value::Null, group_name.as_str())]
        }
        Action::AssignApp { groups, parameters } => {
            let names: Vec<String> = groups.iter().map(|(_, name)| name.clone()).collect();
            let mode = Change::new("push mode", Value::Null, parameters.push_mode.as_str());
            vec![Change::new("assigned to", seen("smart_groups"), names), mode]
        }
        Action::InstallApp { app_name, .. } => {
            vec![Change::new(app_name.as_str(), seen("status"), "install queued")]
        }
        Action::MakeApiKey { .. } => vec![Change::new("API key", Value::Null, "made")],
        Action::RevokeApiKey => vec![Change::new("API key", "opens", "revoked")],
        Action::CallOperation { call } => match call.command() {
            Some(command) => of_command(command, seen("enrollment")),
            None => vec![Change::new("resource", Value::Null, item.action.describe())],
        },
        Action::EditDevice { changes } => {
            let text = |what: &str, member: &str, value: &Option<String>| {
                value.as_ref().map(|value| Change::new(what, seen(member), value.as_str()))
            };
            let ownership = changes.ownership.as_ref();
            [
                text("name", "name", &changes.friendly_name),
                text("asset number", "asset_number", &changes.asset_number),
                ownership.map(|letter| Change::new("ownership", seen("ownership"), letter.as_str())),
            ]
            .into_iter()
            .flatten()
            .collect()
        }
        Action::MoveDevice { group_name, .. } => {
            vec![Change::new("organization group", seen("group"), group_name.as_str())]
        }
        Action::SetAttributes { set, remove } => {
            let known = seen("attributes");
            let was = |name: &str| member(Some(&known), name);
            let set = set.iter().map(|(name, value)| Change::new(name.as_str(), was(name), value.as_str()));
            let gone = remove.iter().map(|name| {
                let before = if known.is_null() { "as set".into() } else { was(name) };
                Change::new(name.as_str(), before, Value::Null)
            });
            set.chain(gone).collect()
        }
        Action::InstallProfile { profile_name, .. } => {
            vec![Change::new(format!("profile {profile_name}"), Value::Null, "install queued")]
        }
        Action::RemoveProfile { profile_name, .. } => {
            vec![Change::new(format!("profile {profile_name}"), "as it is", "removed")]
        }
        Action::RemoveApp { app_name, .. } => vec![Change::new(app_name.as_str(), "as it is", "removed")],
        Action::UnassignApp { groups } => {
            let names: Vec<String> = groups.iter().map(|(_, name)| name.clone()).collect();
            vec![Change::new("assigned to", names, Value::Null)]
        }
        Action::SetUserActive { active } => {
            vec![Change::new("user", Value::Null, if *active { "active" } else { "inactive" })]
        }
        Action::DeleteUser => vec![Change::new("user", "exists", "deleted")],
        Action::LeaveUserGroup { group_name, .. } => {
            vec![Change::new("user group", group_name.as_str(), Value::Null)]
        }
        Action::SendMessage { .. } => vec![Change::new("message", Value::Null, item.action.describe())],
        Action::UpdateOs { version, .. } => vec![Change::new("operating system", seen("os"), version.as_str())],
        Action::DeleteDevice => vec![Change::new("record", "exists", "deleted")],
    }
}

fn of_command(command: Command, enrollment: Value) -> Vec<Change> {
    let unenrolled = Change::new("enrollment", enrollment, "Unenrolled");
    match command {
        Command::DeviceWipe => vec![unenrolled, Change::new("data on the device", "kept", "erased")],
        Command::EnterpriseWipe => vec![unenrolled, Change::new("managed apps and data", "kept", "removed")],
        Command::ClearPasscode => vec![Change::new("passcode", "as set", "none")],
        Command::Lock => vec![Change::new("screen", "as it is", "locked")],
        Command::SoftReset => vec![Change::new("device", "running", "restarted")],
        Command::Shutdown => vec![Change::new("device", "running", "off")],
        other => vec![Change::new("queue", Value::Null, other.as_str())],
    }
}

fn member(before: Option<&Value>, name: &str) -> Value {
    let members: Option<&Map<String, Value>> = before.and_then(Value::as_object);
    let found = members.and_then(|members| members.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)));
    found.map_or(Value::Null, |(_, value)| value.clone())
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|text| text.as_str().map(str::to_owned)).collect()
}
