//! From wishes to assignments. Pure.

use std::ops::Range;

use muster_client::SmartGroup;
use muster_engine::{Action, Draft, DraftItem, Selection, Target};
use muster_model::apps::App;
use serde_json::json;

use super::choose::Choice;
use super::observe::{Facts, Wish};

/// What ought to be assigned.
#[derive(Debug, Clone, PartialEq)]
pub struct Rollout {
    pub draft: Draft,
    /// One entry per deployment, in their order.
    pub entries: Vec<Entry>,
}

/// What ought to be done about one deployment.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// As it was asked for.
    pub app_name: String,
    pub group_name: String,
    pub app: Option<App>,
    pub group: Option<SmartGroup>,
    /// Where its item stands in the draft; empty if something does not exist.
    pub items: Range<usize>,
    /// Whether the smart group has the app already.
    pub assigned: bool,
    /// What does not exist.
    pub problem: Option<String>,
    /// What people should know about the choice of the app.
    pub note: Option<String>,
}

impl Rollout {
    /// The apps that were found, each once.
    pub fn apps(&self) -> Vec<App> {
        let mut apps: Vec<App> = Vec::new();
        for app in self.entries.iter().filter_map(|entry| entry.app.as_ref()) {
            if !apps.iter().any(|known| known.id == app.id) {
                apps.push(app.clone());
            }
        }
        apps
    }

    /// What people should know beside the items.
    pub fn notes(&self) -> Vec<String> {
        self.entries.iter().flat_map(|entry| entry.problem.iter().chain(&entry.note)).cloned().collect()
    }
}

/// Decides about every deployment; one that names something unknown does not stop the others.
pub fn decide(facts: &Facts) -> Rollout {
    let mut draft = Draft { purpose: "apps deploy".to_owned(), selection: Selection::Listed, items: Vec::new() };
    let entries = facts.wishes.iter().map(|wish| entry(wish, facts, &mut draft)).collect();
    Rollout { draft, entries }
}

fn entry(wish: &Wish, facts: &Facts, draft: &mut Draft) -> Entry {
    let Wish { deployment, app, group } = wish;
    let problems = [unknown("app", &deployment.app, app), unknown("smart group", &deployment.smart_group, group)];
    let problems: Vec<String> = problems.into_iter().flatten().collect();
    let note = match app {
        Choice::One { note, .. } => note.clone(),
        Choice::Missing { .. } | Choice::Ambiguous { .. } => None,
    };
    let mut entry = Entry {
        app_name: deployment.app.clone(),
        group_name: deployment.smart_group.clone(),
        app: app.chosen().cloned(),
        group: group.chosen().cloned(),
        items: draft.items.len()..draft.items.len(),
        assigned: false,
        problem: (!problems.is_empty()).then(|| problems.join("; ")),
        note,
    };
    if let (Some(app), Some(group)) = (&entry.app, &entry.group) {
        let groups = facts.assigned.get(&app.id.0).map(Vec::as_slice).unwrap_or_default();
        entry.assigned = groups.contains(&group.id);
        let name = app.application_name.clone();
        let target = Target::App { id: app.id.0, uuid: app.uuid, name: name.clone() };
        let action = Action::AssignApp {
            groups: vec![(group.id, group.name.clone())],
            parameters: deployment.assignment.parameters(),
        };
        let (version, kind) = (&app.app_version, deployment.assignment.as_str());
        let reason = format!("{} is to have {name} {version} ({kind})", group.name);
        let nothing_to_do = entry.assigned.then(|| format!("{} has {name} already", group.name));
        draft.items.push(DraftItem {
            before: Some(json!({ "smart_groups": groups })),
            nothing_to_do,
            ..DraftItem::new(target, action, reason)
        });
        entry.items.end = draft.items.len();
    }
    entry
}

fn unknown<T>(what: &str, name: &str, choice: &Choice<T>) -> Option<String> {
    match choice {
        Choice::One { .. } => None,
        Choice::Missing { suggestion: Some(word) } => Some(format!("{what} not found: {name} (did you mean {word}?)")),
        Choice::Missing { suggestion: None } => Some(format!("{what} not found: {name}")),
        Choice::Ambiguous { candidates } => Some(format!("{what} {name} is ambiguous: {}", candidates.join("; "))),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use muster_model::ids::{AppId, SmartGroupId, Wrapped};

    use super::*;
    use crate::deployment::params;

    #[test]
    fn what_exists_is_assigned_and_the_rest_is_told() {
        let app = |id, name: &str| Choice::One {
            chosen: App { id: Wrapped(AppId(id)), application_name: name.to_owned(), ..App::default() },
            note: None,
        };
        let group = |id, name: &str| Choice::One {
            chosen: SmartGroup { id: SmartGroupId(id), uuid: None, name: name.to_owned(), devices: 0 },
            note: None,
        };
        let wish = |app: &str, found: Choice<App>, group: Choice<SmartGroup>| {
            let text = format!("deployments:\n- {{app: {app}, smart_group: All}}");
            Wish { deployment: params::read("d", &text).expect("reads").remove(0), app: found, group }
        };
        let missing = Choice::Missing { suggestion: Some("Chrome".to_owned()) };
        let facts = Facts {
            wishes: vec![
                wish("Office", app(1, "Office"), group(7, "All")),
                wish("Chrme", missing, group(7, "All")),
                wish("Slack", app(2, "Slack"), Choice::Missing { suggestion: None }),
                wish("Zoom", app(3, "Zoom"), group(7, "All")),
            ],
            assigned: BTreeMap::from([(AppId(3), vec![SmartGroupId(7)])]),
        };
        let rollout = decide(&facts);
        let told: Vec<_> = rollout
            .draft
            .items
            .iter()
            .map(|item| (item.target.name(), item.action.describe(), item.nothing_to_do.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("Office", "assign to All".to_owned(), None),
                ("Zoom", "assign to All".to_owned(), Some("All has Zoom already")),
            ]
        );
        assert_eq!(rollout.notes(), ["app not found: Chrme (did you mean Chrome?)", "smart group not found: All"],);
        let ranges: Vec<_> = rollout.entries.iter().map(|entry| entry.items.clone()).collect();
        assert_eq!(ranges, [0..1, 1..1, 1..1, 1..2]);
        assert_eq!(rollout.apps().len(), 3);
    }
}
