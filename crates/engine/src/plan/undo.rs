//! What takes a change back, out of what was noted before it was sent. Pure.

use std::collections::BTreeMap;

use muster_model::apps::AssignedGroup;
use muster_model::commands::Command;
use muster_model::ids::{OrganizationGroupId, SmartGroupId};
use muster_model::users::UserEdit;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::assignment::Again;
use super::verb::Undo;
use super::{Action, DeviceChange, Plan, Verdict};

/// Commands and what undoes them. Not the other way round where the first one has to be told something that nobody
/// knows any more: what a lost device showed, where a picture went.
const OPPOSITES: [(Command, Command); 4] = [
    (Command::EnableLostMode, Command::DisableLostMode),
    (Command::SuspendBitlocker, Command::ResumeBitlocker),
    (Command::ResumeBitlocker, Command::SuspendBitlocker),
    (Command::StartAirPlay, Command::StopAirPlay),
];

/// Commands that only ask a device something.
pub(crate) const ASKING: [Command; 7] = [
    Command::SyncDevice,
    Command::DeviceQuery,
    Command::SyncSensors,
    Command::OsUpdateStatus,
    Command::UserList,
    Command::SyncWorkflows,
    Command::FindDevice,
];

impl Plan {
    /// What could not be taken back afterwards, why, and how many items that is. What is held counts, and what is left
    /// out does not.
    pub fn without_undo(&self) -> Vec<(String, u64)> {
        let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
        for item in &self.items {
            if matches!(item.decision.verdict, Verdict::Allow | Verdict::Hold)
                && let Some(why) = item.action.irreversible()
            {
                *reasons.entry(why).or_default() += 1;
            }
        }
        reasons.into_iter().collect()
    }
}

/// What takes a change back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Remedy {
    /// Several where not all comes back in the same way.
    Do(Vec<Restored>),
    /// There is nothing to take back, and why.
    Nothing(String),
    /// It cannot be taken back, and why.
    Never(String),
}

/// An action that puts something back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Restored {
    pub action: Action,
    /// What does not come back as it was, and what becomes of it instead.
    pub remarks: Vec<String>,
    /// Why nobody can be sure of it.
    pub doubt: Option<String>,
}

impl From<Action> for Restored {
    fn from(action: Action) -> Self {
        Self { action, remarks: Vec::new(), doubt: None }
    }
}

impl Action {
    /// Why it cannot be taken back; `None` if it can, or if nothing has to be. Known before anything is sent.
    pub fn irreversible(&self) -> Option<String> {
        match (self.facts().undo, self) {
            (Undo::Never(why), _) => Some(why.to_owned()),
            (Undo::OfCommand, Self::SendCommand { command, .. }) => match of_command(*command) {
                Remedy::Never(why) => Some(why),
                _ => None,
            },
            _ => None,
        }
    }

    /// What takes it back, if the target was as `image` shows before. No image where a verb notes one means that the
    /// verb found nothing to do.
    pub(crate) fn remedy(&self, image: Option<&Value>) -> Remedy {
        match self.facts().undo {
            Undo::Never(why) => return Remedy::Never(why.to_owned()),
            Undo::OfCommand | Undo::Opposite => {}
            Undo::Image if image.is_none() => return so_before(),
            Undo::Image => {}
        }
        let image = image.unwrap_or(&Value::Null);
        let restored = match self {
            Self::SendCommand { command, .. } => return of_command(*command),
            Self::CreateUser { .. } => Some(Self::DeleteUser),
            Self::Retag { add, remove } => read::<Tags>(image).and_then(|was| was.back(add, remove)),
            Self::EditDevice { .. } => read(image).map(|changes: DeviceChange| Self::EditDevice { changes }),
            Self::MoveDevice { .. } => {
                read::<Group>(image).map(|was| Self::MoveDevice { group: was.group, group_name: was.group_name })
            }
            Self::SetAttributes { .. } => read::<Attributes>(image).and_then(Attributes::back),
            Self::InstallProfile { profile, profile_name } if !had(image) => {
                Some(Self::RemoveProfile { profile: *profile, profile_name: profile_name.clone() })
            }
            Self::RemoveProfile { profile, profile_name } if had(image) => {
                Some(Self::InstallProfile { profile: *profile, profile_name: profile_name.clone() })
            }
            Self::RemoveApp { app, app_uuid, app_name } if had(image) => {
                Some(Self::InstallApp { app: *app, app_uuid: *app_uuid, app_name: app_name.clone() })
            }
            Self::SetUserActive { active } if had(image) != *active => Some(Self::SetUserActive { active: !active }),
            Self::UpdateUser { .. } => read(image).map(|changes: UserEdit| Self::UpdateUser { changes }),
            Self::JoinUserGroup { group, group_name } if !had(image) => {
                Some(Self::LeaveUserGroup { group: *group, group_name: group_name.clone() })
            }
            Self::LeaveUserGroup { group, group_name } if had(image) => {
                Some(Self::JoinUserGroup { group: *group, group_name: group_name.clone() })
            }
            Self::AssignApp { groups, .. } => {
                let groups = among(image, groups);
                (!groups.is_empty()).then_some(Self::UnassignApp { groups })
            }
            Self::UnassignApp { groups } => {
                let restored = assigned_again(image, among(image, groups));
                return if restored.is_empty() { so_before() } else { Remedy::Do(restored) };
            }
            _ => None,
        };
        restored.map_or_else(so_before, |action| Remedy::Do(vec![action.into()]))
    }
}

fn so_before() -> Remedy {
    Remedy::Nothing("it was so before".to_owned())
}

/// Each assignment as it was; those that were alike together.
fn assigned_again(image: &Value, groups: Vec<(SmartGroupId, String)>) -> Vec<Restored> {
    let shown: Vec<AssignedGroup> = image.get("assignments").and_then(read).unwrap_or_default();
    let kept = image.get("kept").and_then(Value::as_u64).unwrap_or_default();
    let beside = kept > 0 || groups.len() > 1;
    let mut alike: Vec<(Again, Vec<(SmartGroupId, String)>)> = Vec::new();
    for group in groups {
        let again = Again::of(shown.iter().find(|one| one.smart_group_id == group.0), beside);
        match alike.iter_mut().find(|(other, _)| *other == again) {
            Some((_, groups)) => groups.push(group),
            None => alike.push((again, vec![group])),
        }
    }
    let restored = |(Again { parameters, remarks, doubt }, groups)| Restored {
        action: Action::AssignApp { groups, parameters },
        remarks,
        doubt,
    };
    alike.into_iter().map(restored).collect()
}

fn of_command(command: Command) -> Remedy {
    let opposite = OPPOSITES.iter().find(|(one, _)| command == *one);
    match opposite.map(|(_, other)| *other) {
        Some(command) => Remedy::Do(vec![Action::SendCommand { command, parameters: Map::new() }.into()]),
        None if ASKING.contains(&command) => Remedy::Nothing(format!("{command} changes nothing")),
        None => Remedy::Never(format!("a device that did {command} cannot be told to take it back")),
    }
}

fn read<T: DeserializeOwned>(image: &Value) -> Option<T> {
    T::deserialize(image).ok()
}

/// Whether the target had what the verb gives or takes.
fn had(image: &Value) -> bool {
    image.get("had").and_then(Value::as_bool).unwrap_or_default()
}

/// Those of the groups that the image names.
fn among(image: &Value, groups: &[(SmartGroupId, String)]) -> Vec<(SmartGroupId, String)> {
    let changed: Vec<SmartGroupId> = image.get("groups").and_then(read).unwrap_or_default();
    groups.iter().filter(|(group, _)| changed.contains(group)).cloned().collect()
}

#[derive(Deserialize)]
struct Tags {
    tags: Vec<String>,
}

impl Tags {
    /// Only what the change touched: what others have done to the other tags stays.
    fn back(self, add: &[String], remove: &[String]) -> Option<Action> {
        let was = |tag: &String| self.tags.iter().any(|known| known.eq_ignore_ascii_case(tag));
        let taken: Vec<String> = add.iter().filter(|tag| !was(tag)).cloned().collect();
        let put: Vec<String> =
            remove.iter().filter(|tag| was(tag) && !add.iter().any(|a| a.eq_ignore_ascii_case(tag))).cloned().collect();
        (!taken.is_empty() || !put.is_empty()).then_some(Action::Retag { add: put, remove: taken })
    }
}

#[derive(Deserialize)]
struct Group {
    group: OrganizationGroupId,
    group_name: String,
}

#[derive(Deserialize)]
struct Attributes {
    /// Those that were changed; `None` for one that was not there.
    attributes: BTreeMap<String, Option<String>>,
}

impl Attributes {
    fn back(self) -> Option<Action> {
        let (mut set, mut remove) = (Vec::new(), Vec::new());
        for (name, value) in self.attributes {
            match value {
                Some(value) => set.push((name, value)),
                None => remove.push(name),
            }
        }
        (!set.is_empty() || !remove.is_empty()).then_some(Action::SetAttributes { set, remove })
    }
}

#[cfg(test)]
mod tests {
    use muster_model::apps::DeploymentParameters;
    use serde_json::json;

    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn only_what_was_changed_is_put_back() {
        let retag = Action::Retag { add: texts(&["Pilot", "VIP"]), remove: texts(&["Old", "Gone"]) };
        let back = Action::Retag { add: texts(&["Old"]), remove: texts(&["Pilot"]) };
        assert_eq!(retag.remedy(Some(&json!({"tags": ["vip", "Old", "Other"]}))), Remedy::Do(vec![back.into()]));
        let nothing = Remedy::Nothing("it was so before".to_owned());
        assert_eq!(retag.remedy(Some(&json!({"tags": ["VIP", "Pilot"]}))), nothing);
        assert_eq!(retag.remedy(None), nothing, "the verb found nothing to do");
    }

    #[test]
    fn attributes_and_fields_come_back_as_they_were() {
        let set = Action::SetAttributes { set: vec![("Site".to_owned(), "B".to_owned())], remove: texts(&["Shelf"]) };
        let back = Action::SetAttributes { set: vec![("Shelf".to_owned(), "7".to_owned())], remove: texts(&["Site"]) };
        let image = json!({"attributes": {"Site": null, "Shelf": "7"}});
        assert_eq!(set.remedy(Some(&image)), Remedy::Do(vec![back.into()]));
        let rename = Action::EditDevice {
            changes: DeviceChange { friendly_name: Some("New".to_owned()), ..DeviceChange::default() },
        };
        let back = Action::EditDevice {
            changes: DeviceChange { friendly_name: Some("Old".to_owned()), ..DeviceChange::default() },
        };
        assert_eq!(rename.remedy(Some(&json!({"friendly_name": "Old"}))), Remedy::Do(vec![back.into()]));
    }

    #[test]
    fn what_cannot_be_taken_back_says_so_before_it_is_done() {
        let command = |command| Action::SendCommand { command, parameters: Map::new() };
        assert!(command(Command::DeviceWipe).irreversible().is_some_and(|why| why.contains("DeviceWipe")));
        assert!(Action::DeleteDevice.irreversible().is_some());
        assert_eq!(command(Command::EnableLostMode).irreversible(), None);
        assert_eq!(command(Command::SyncDevice).irreversible(), None);
        let lost = command(Command::EnableLostMode).remedy(None);
        assert_eq!(lost, Remedy::Do(vec![command(Command::DisableLostMode).into()]));
        // What its screen said is not known, and without it nothing is locked.
        assert!(matches!(command(Command::DisableLostMode).remedy(None), Remedy::Never(_)));
        let resumed = command(Command::ResumeBitlocker).remedy(None);
        assert_eq!(resumed, Remedy::Do(vec![command(Command::SuspendBitlocker).into()]));
    }

    #[test]
    fn assignments_come_back_for_the_groups_that_lost_or_got_them() {
        let groups = vec![(SmartGroupId(1), "A".to_owned()), (SmartGroupId(2), "B".to_owned())];
        let assign = Action::AssignApp { groups: groups.clone(), parameters: DeploymentParameters::default() };
        let back = Action::UnassignApp { groups: groups[1..].to_vec() };
        assert_eq!(assign.remedy(Some(&json!({"groups": [2]}))), Remedy::Do(vec![back.into()]));
    }

    #[test]
    fn assignments_that_were_taken_away_come_back_as_each_was() {
        let group = |id: i64, name: &str| (SmartGroupId(id), name.to_owned());
        let taken = Action::UnassignApp { groups: vec![group(1, "A"), group(2, "B"), group(3, "C"), group(4, "D")] };
        let shown = |id: i64, mode: &str| json!({"SmartGroupId": id, "PushMode": mode, "RemoveOnUnEnroll": "Enabled"});
        let image = json!({
            "groups": [1, 2, 3], "kept": 0,
            "assignments": [shown(1, "On-Demand"), shown(2, "Auto"), shown(3, "On-Demand")],
        });
        let Remedy::Do(restored) = taken.remedy(Some(&image)) else { panic!("it comes back") };
        let told = restored.iter().map(|one| match &one.action {
            Action::AssignApp { groups, parameters } => {
                (one.action.describe(), groups.len(), parameters.push_mode.as_str(), one.doubt.is_none())
            }
            other => panic!("{other:?}"),
        });
        let told: Vec<_> = told.collect();
        assert_eq!(told[0], ("assign to A, C".to_owned(), 2, "On-Demand", true));
        assert_eq!(told[1], ("assign to B".to_owned(), 1, "Auto", true));
        // A job of before this was noted.
        let Remedy::Do(old) = taken.remedy(Some(&json!({"groups": [1]}))) else { panic!("it comes back") };
        assert!(old[0].doubt.as_ref().is_some_and(|why| why.contains("push mode is not known")), "{old:?}");
    }
}
