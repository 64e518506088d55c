//! Whether what a job left at a target is there still, or somebody has changed it since: what others did is not
//! overwritten without a word. Pure: what the tenant says now is read by whoever takes the job back.

use muster_model::ids::SmartGroupId;
use serde_json::{Map, Value, json};

use super::Action;
use super::assignment::push_mode;

/// How a target stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Since {
    /// As the job left it.
    Same,
    /// As it was before the job already.
    Back,
    /// There is no such target any more.
    Gone,
    /// What is otherwise than the job left it.
    Changed(Vec<String>),
    /// Nobody has asked, or the tenant did not say.
    Unknown,
}

/// One thing that an action sets.
struct Field {
    /// As people call it.
    what: String,
    /// Where it stands in what was seen: a member, or a member of a member.
    place: (&'static str, Option<String>),
    /// What it is set to; `None`: it is taken away.
    value: Option<String>,
    /// The value as people write it.
    shown: String,
}

impl Field {
    fn new(what: &str, place: &'static str, value: &str) -> Self {
        Self { what: what.to_owned(), place: (place, None), value: Some(value.to_owned()), shown: value.to_owned() }
    }

    fn within(what: &str, place: &'static str, key: &str, value: Option<&str>) -> Self {
        let shown = value.unwrap_or("nothing").to_owned();
        let place = (place, Some(key.to_lowercase()));
        Self { what: what.to_owned(), place, value: value.map(str::to_owned), shown }
    }

    /// Its value in what was seen; the outer `None` if that does not tell it.
    fn seen(&self, now: &Value) -> Option<Option<String>> {
        let found = now.get(self.place.0)?;
        match &self.place.1 {
            None => Some(text(found)),
            Some(key) => Some(found.as_object()?.get(key).and_then(text)),
        }
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

/// What an action sets beside others' doing; nothing for one that only adds or takes away what is its own, as tags.
fn fields(action: &Action) -> Vec<Field> {
    match action {
        Action::EditDevice { changes } => {
            let field =
                |what, place, value: &Option<String>| value.as_ref().map(|value| Field::new(what, place, value));
            let ownership = changes.ownership.as_ref().map(|letter| letter.as_str().to_owned());
            let fields = [
                field("name", "name", &changes.friendly_name),
                field("asset number", "asset_number", &changes.asset_number),
                field("ownership", "ownership", &ownership),
            ];
            fields.into_iter().flatten().collect()
        }
        Action::MoveDevice { group, group_name } => {
            let field = Field::new("organization group", "group_id", &group.to_string());
            vec![Field { shown: group_name.clone(), ..field }]
        }
        Action::SetAttributes { set, remove } => {
            let set = set.iter().map(|(name, value)| Field::within(name, "attributes", name, Some(value)));
            set.chain(remove.iter().map(|name| Field::within(name, "attributes", name, None))).collect()
        }
        Action::UpdateUser { changes } => {
            let Ok(Value::Object(edit)) = serde_json::to_value(changes) else { return Vec::new() };
            let set = edit.iter().filter(|(name, _)| *name != "UserName");
            set.map(|(name, value)| Field::within(name, "fields", name, text(value).as_deref())).collect()
        }
        Action::AssignApp { groups, parameters } => {
            let mode = push_mode(&parameters.push_mode).unwrap_or(&parameters.push_mode);
            groups.iter().map(|group| of_group(group, Some(mode))).collect()
        }
        Action::UnassignApp { groups } => groups.iter().map(|group| of_group(group, None)).collect(),
        _ => Vec::new(),
    }
}

fn of_group((id, name): &(SmartGroupId, String), mode: Option<&str>) -> Field {
    Field::within(&format!("the push mode for {name}"), "assignments", &id.to_string(), mode)
}

/// How the target of `done` stands, which `back` would put back. `None` if nothing that others did can be overwritten.
pub(crate) fn since(done: &Action, back: &Action, now: Option<&Value>) -> Option<Since> {
    // An app that is assigned again meanwhile is left as it is.
    let left = fields(done);
    if left.is_empty() || matches!(back, Action::AssignApp { .. }) {
        return None;
    }
    let Some(now) = now else { return Some(Since::Unknown) };
    if now.is_null() {
        return Some(Since::Gone);
    }
    let (mut changed, mut open) = (Vec::new(), false);
    for field in fields(back) {
        let Some(seen) = field.seen(now) else { return Some(Since::Unknown) };
        if same(seen.as_deref(), field.value.as_deref()) {
            continue;
        }
        open = true;
        let was = left.iter().find(|left| left.place == field.place);
        if was.is_some_and(|left| same(seen.as_deref(), left.value.as_deref())) {
            continue;
        }
        let shown = if field.place.0 == "group_id" { now.get("group").and_then(text) } else { seen };
        let (now, left) = (shown.unwrap_or("nothing".to_owned()), was.map_or("nothing", |left| left.shown.as_str()));
        changed.push(format!("{} is {now}, and the job left {left}", field.what));
    }
    Some(match (changed.is_empty(), open) {
        (false, _) => Since::Changed(changed),
        (true, true) => Since::Same,
        (true, false) => Since::Back,
    })
}

/// Tenants take the spaces off.
fn same(one: Option<&str>, other: Option<&str>) -> bool {
    one.map(str::trim) == other.map(str::trim)
}

/// The part of what was seen that an action changes, as plans keep it.
pub(crate) fn relevant(action: &Action, now: &Value) -> Option<Value> {
    let members = now.as_object()?;
    let some = |names: &[&str]| {
        let there = names.iter().filter_map(|name| Some(((*name).to_owned(), members.get(*name)?.clone())));
        let there: Map<String, Value> = there.collect();
        (!there.is_empty()).then_some(Value::Object(there))
    };
    match action {
        Action::EditDevice { .. } => some(&["name", "asset_number", "ownership"]),
        Action::MoveDevice { .. } => some(&["group", "group_id"]),
        Action::Retag { .. } => some(&["tags", "asked"]),
        Action::SetAttributes { .. } => {
            members.get("attributes")?;
            let own = fields(action).into_iter().map(|field| {
                let seen = field.seen(now).flatten();
                (field.what, json!(seen))
            });
            Some(json!({ "attributes": own.collect::<Map<String, Value>>() }))
        }
        Action::UpdateUser { .. } => {
            members.get("fields")?;
            let seen = |field: Field| Some((field.what.clone(), json!(field.seen(now)?)));
            Some(Value::Object(fields(action).into_iter().filter_map(seen).collect()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::DeviceChange;

    fn named(name: &str) -> Action {
        Action::EditDevice { changes: DeviceChange { friendly_name: Some(name.to_owned()), ..DeviceChange::default() } }
    }

    #[test]
    fn what_others_changed_since_is_seen() {
        let look = |now: Value| since(&named("first"), &named("was"), Some(&now));
        assert_eq!(look(json!({"name": "first"})), Some(Since::Same));
        assert_eq!(look(json!({"name": "was "})), Some(Since::Back));
        let second = vec!["name is second, and the job left first".to_owned()];
        assert_eq!(look(json!({"name": "second"})), Some(Since::Changed(second)));
        assert_eq!(look(json!({"asset_number": "7"})), Some(Since::Unknown));
        assert_eq!(look(Value::Null), Some(Since::Gone));
        assert_eq!(since(&named("first"), &named("was"), None), Some(Since::Unknown));
    }

    #[test]
    fn attributes_are_told_apart_one_by_one() {
        let done =
            Action::SetAttributes { set: vec![("Site".to_owned(), "B".to_owned())], remove: vec!["Shelf".to_owned()] };
        let back =
            Action::SetAttributes { set: vec![("Shelf".to_owned(), "7".to_owned())], remove: vec!["Site".to_owned()] };
        let look = |attributes: Value| since(&done, &back, Some(&json!({ "attributes": attributes })));
        assert_eq!(look(json!({"site": "B", "other": "1"})), Some(Since::Same));
        assert_eq!(look(json!({"shelf": "7"})), Some(Since::Back));
        let other = vec!["Shelf is 9, and the job left nothing".to_owned()];
        assert_eq!(look(json!({"site": "B", "shelf": "9"})), Some(Since::Changed(other)));
        let kept = relevant(&back, &json!({"attributes": {"site": "B", "other": "1"}}));
        assert_eq!(kept, Some(json!({"attributes": {"Site": "B", "Shelf": null}})));
    }

    #[test]
    fn tags_are_never_in_the_way_of_others() {
        let retag =
            |add: &str, remove: &str| Action::Retag { add: vec![add.to_owned()], remove: vec![remove.to_owned()] };
        assert_eq!(since(&retag("A", "B"), &retag("B", "A"), None), None);
    }
}
