//! What takes a change back, out of what was noted before it was sent. Pure.

use std::collections::BTreeMap;

use muster_model::apps::DeploymentParameters;
use muster_model::commands::Command;
use muster_model::ids::{OrganizationGroupId, SmartGroupId};
use muster_model::users::UserEdit;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::verb::Undo;
use super::{Action, DeviceChange};

/// Commands and what undoes them. Not the other way round where the first one has to be told something that nobody
/// knows any more: what a lost device showed, where a picture went.
const OPPOSITES: [(Command, Command); 4] = [
    (Command::EnableLostMode, Command::DisableLostMode),
    (Command::SuspendBitlocker, Command::ResumeBitlocker),
    (Command::ResumeBitlocker, Command::SuspendBitlocker),
    (Command::StartAirPlay, Command::StopAirPlay),
];

/// Commands that only ask a device something.
const ASKING: [Command; 7] = [
    Command::SyncDevice,
    Command::DeviceQuery,
    Command::SyncSensors,
    Command::OsUpdateStatus,
    Command::UserList,
    Command::SyncWorkflows,
    Command::FindDevice,
];

/// What takes a change back.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Remedy {
    Do(Box<Action>),
    /// There is nothing to take back, and why.
    Nothing(String),
    /// It cannot be taken back, and why.
    Never(String),
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
            Undo::Image if image.is_none() => return Remedy::Nothing("it was so before".to_owned()),
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
                let groups = among(image, groups);
                let parameters = DeploymentParameters::default();
                (!groups.is_empty()).then_some(Self::AssignApp { groups, parameters })
            }
            _ => None,
        };
        restored.map_or_else(|| Remedy::Nothing("it was so before".to_owned()), |action| Remedy::Do(Box::new(action)))
    }
}

fn of_command(command: Command) -> Remedy {
    let opposite = OPPOSITES.iter().find(|(one, _)| command == *one);
    match opposite.map(|(_, other)| *other) {
        Some(command) => Remedy::Do(Box::new(Action::SendCommand { command, parameters: Map::new() })),
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
    use serde_json::json;

    use super::*;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn only_what_was_changed_is_put_back() {
        let retag = Action::Retag { add: texts(&["Pilot", "VIP"]), remove: texts(&["Old", "Gone"]) };
        let back = Action::Retag { add: texts(&["Old"]), remove: texts(&["Pilot"]) };
        assert_eq!(retag.remedy(Some(&json!({"tags": ["vip", "Old", "Other"]}))), Remedy::Do(Box::new(back)));
        let nothing = Remedy::Nothing("it was so before".to_owned());
        assert_eq!(retag.remedy(Some(&json!({"tags": ["VIP", "Pilot"]}))), nothing);
        assert_eq!(retag.remedy(None), nothing, "the verb found nothing to do");
    }

    #[test]
    fn attributes_and_fields_come_back_as_they_were() {
        let set = Action::SetAttributes { set: vec![("Site".to_owned(), "B".to_owned())], remove: texts(&["Shelf"]) };
        let back = Action::SetAttributes { set: vec![("Shelf".to_owned(), "7".to_owned())], remove: texts(&["Site"]) };
        let image = json!({"attributes": {"Site": null, "Shelf": "7"}});
        assert_eq!(set.remedy(Some(&image)), Remedy::Do(Box::new(back)));
        let rename = Action::EditDevice {
            changes: DeviceChange { friendly_name: Some("New".to_owned()), ..DeviceChange::default() },
        };
        let back = Action::EditDevice {
            changes: DeviceChange { friendly_name: Some("Old".to_owned()), ..DeviceChange::default() },
        };
        assert_eq!(rename.remedy(Some(&json!({"friendly_name": "Old"}))), Remedy::Do(Box::new(back)));
    }

    #[test]
    fn what_cannot_be_taken_back_says_so_before_it_is_done() {
        let command = |command| Action::SendCommand { command, parameters: Map::new() };
        assert!(command(Command::DeviceWipe).irreversible().is_some_and(|why| why.contains("DeviceWipe")));
        assert!(Action::DeleteDevice.irreversible().is_some());
        assert_eq!(command(Command::EnableLostMode).irreversible(), None);
        assert_eq!(command(Command::SyncDevice).irreversible(), None);
        let lost = command(Command::EnableLostMode).remedy(None);
        assert_eq!(lost, Remedy::Do(Box::new(command(Command::DisableLostMode))));
        // What its screen said is not known, and without it nothing is locked.
        assert!(matches!(command(Command::DisableLostMode).remedy(None), Remedy::Never(_)));
        let resumed = command(Command::ResumeBitlocker).remedy(None);
        assert_eq!(resumed, Remedy::Do(Box::new(command(Command::SuspendBitlocker))));
    }

    #[test]
    fn assignments_come_back_for_the_groups_that_lost_or_got_them() {
        let groups = vec![(SmartGroupId(1), "A".to_owned()), (SmartGroupId(2), "B".to_owned())];
        let assign = Action::AssignApp { groups: groups.clone(), parameters: DeploymentParameters::default() };
        let back = Action::UnassignApp { groups: groups[1..].to_vec() };
        assert_eq!(assign.remedy(Some(&json!({"groups": [2]}))), Remedy::Do(Box::new(back)));
    }
}
