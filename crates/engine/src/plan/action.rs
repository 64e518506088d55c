//! What is done to a target. One variant per verb; what each promises is in [`super::verb`], how it is taken back in
//! `undo`, and how it is carried out in `verbs`.

use muster_model::Effect;
use muster_model::apps::DeploymentParameters;
use muster_model::commands::{Asked, Command};
use muster_model::guide::NewApiKey;
use muster_model::ids::{AppId, OrganizationGroupId, RecordId, SmartGroupId, UserGroupId};
use muster_model::users::UserEdit;
use muster_model::words::{Ownership, Platform};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use super::verb::{self, VerbFacts};
use super::{OperationCall, Target};

/// A change of one target.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "verb")]
pub enum Action {
    /// Queue a command for a device.
    SendCommand {
        command: Command,
        #[serde(default, skip_serializing_if = "Map::is_empty")]
        parameters: Map<String, Value>,
    },
    /// Change a device's tags; others stay.
    Retag { add: Vec<String>, remove: Vec<String> },
    /// Create an enrollment user.
    CreateUser {
        /// Without a password.
        user: UserEdit,
        password: Password,
    },
    /// Set some fields of a user.
    UpdateUser { changes: UserEdit },
    /// Make a user a member of a user group.
    JoinUserGroup { group: UserGroupId, group_name: String },
    /// Assign an app to smart groups, beside those it has.
    AssignApp { groups: Vec<(SmartGroupId, String)>, parameters: DeploymentParameters },
    /// Push an assigned app to a device again.
    InstallApp { app: AppId, app_uuid: Option<Uuid>, app_name: String },
    /// Make an API key. Its text goes to the run's keeper and nowhere else.
    MakeApiKey { key: NewApiKey },
    /// Let an API key open nothing more, for ever.
    RevokeApiKey,
    /// Call one operation of the catalogue.
    CallOperation { call: Box<OperationCall> },
    /// Edit what the tenant's record says of a device; fields that are left out stay.
    EditDevice { changes: DeviceChange },
    /// Move a device to another organization group.
    MoveDevice { group: OrganizationGroupId, group_name: String },
    /// Set custom attributes of a device and take others away; the rest stays.
    SetAttributes {
        #[serde(default)]
        set: Vec<(String, String)>,
        #[serde(default)]
        remove: Vec<String>,
    },
    /// Install an assigned profile on a device.
    InstallProfile { profile: RecordId, profile_name: String },
    /// Take a profile off a device.
    RemoveProfile { profile: RecordId, profile_name: String },
    /// Take an app off a device.
    RemoveApp { app: AppId, app_uuid: Option<Uuid>, app_name: String },
    /// Take an app away from smart groups, and so from their devices.
    UnassignApp { groups: Vec<(SmartGroupId, String)> },
    /// Make a user active or inactive.
    SetUserActive { active: bool },
    /// Remove a user who has no devices.
    DeleteUser,
    /// Take a user out of a user group.
    LeaveUserGroup { group: UserGroupId, group_name: String },
    /// Tell the user of a device something.
    SendMessage {
        by: Channel,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subject: Option<String>,
        text: String,
    },
    /// Have a device update its operating system.
    UpdateOs {
        /// The version, as the tenant names it.
        version: String,
        /// `Default`, `DownloadOnly`, `InstallASAP`, …
        action: String,
    },
    /// Remove a device's record, which must be of a device that is not enrolled any more.
    DeleteDevice,
}

/// Fields of a device's record; an absent one stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeviceChange {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub friendly_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asset_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ownership: Option<Ownership>,
}

/// The way that a message takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Channel {
    /// A notification on the device.
    Push,
    /// A mail to the device's user.
    Email,
    /// A text message to the device's number.
    Sms,
}

/// Where a new user's password comes from. It is never part of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase", tag = "from")]
pub enum Password {
    /// The user has none: a directory checks it.
    None,
    /// Made when the user is created, and never stored.
    Generated,
    /// Looked up in the run's secrets when the user is created.
    Supplied { key: String },
}

impl Action {
    /// What its verb promises.
    pub fn facts(&self) -> &'static VerbFacts {
        verb::facts(self.verb())
    }

    /// What it does to the target.
    pub fn effect(&self) -> Effect {
        match self {
            Self::SendCommand { command: Command::CustomMdmCommand, parameters } => Asked::of(parameters).effect(),
            Self::SendCommand { command, .. } => command.effect(),
            Self::CallOperation { call } => call.effect(),
            // A verb without an effect of its own is one of those above.
            _ => self.facts().effect.unwrap_or(Effect::Destroy),
        }
    }

    /// The verb's name, as in the journal.
    pub fn verb(&self) -> &'static str {
        match self {
            Self::SendCommand { .. } => "SendCommand",
            Self::Retag { .. } => "Retag",
            Self::CreateUser { .. } => "CreateUser",
            Self::UpdateUser { .. } => "UpdateUser",
            Self::JoinUserGroup { .. } => "JoinUserGroup",
            Self::AssignApp { .. } => "AssignApp",
            Self::InstallApp { .. } => "InstallApp",
            Self::MakeApiKey { .. } => "MakeApiKey",
            Self::RevokeApiKey => "RevokeApiKey",
            Self::CallOperation { .. } => "CallOperation",
            Self::EditDevice { .. } => "EditDevice",
            Self::MoveDevice { .. } => "MoveDevice",
            Self::SetAttributes { .. } => "SetAttributes",
            Self::InstallProfile { .. } => "InstallProfile",
            Self::RemoveProfile { .. } => "RemoveProfile",
            Self::RemoveApp { .. } => "RemoveApp",
            Self::UnassignApp { .. } => "UnassignApp",
            Self::SetUserActive { .. } => "SetUserActive",
            Self::DeleteUser => "DeleteUser",
            Self::LeaveUserGroup { .. } => "LeaveUserGroup",
            Self::SendMessage { .. } => "SendMessage",
            Self::UpdateOs { .. } => "UpdateOs",
            Self::DeleteDevice => "DeleteDevice",
        }
    }

    /// The action in a few words: `SyncDevice`, `tags +Pilot -Old`.
    pub fn describe(&self) -> String {
        match self {
            Self::SendCommand { command, .. } => match self.asked() {
                Some(asked) => format!("{command} {asked}"),
                None => command.to_string(),
            },
            Self::Retag { add, remove } => {
                let added = add.iter().map(|tag| format!(" +{tag}"));
                let removed = remove.iter().map(|tag| format!(" -{tag}"));
                format!("tags{}", added.chain(removed).collect::<String>())
            }
            Self::CreateUser { user, .. } => format!("create user {}", user.user_name),
            Self::UpdateUser { changes } => format!("set {}", changed_fields(changes).join(", ")),
            Self::JoinUserGroup { group_name, .. } => format!("join group {group_name}"),
            Self::AssignApp { groups, .. } => format!("assign to {}", names(groups)),
            Self::UnassignApp { groups } => format!("take away from {}", names(groups)),
            Self::InstallApp { app_name, .. } => format!("install {app_name}"),
            Self::MakeApiKey { .. } => "make an API key".to_owned(),
            Self::RevokeApiKey => "revoke the API key".to_owned(),
            Self::CallOperation { call } => call.describe(),
            Self::EditDevice { changes } => changes.describe(),
            Self::MoveDevice { group_name, .. } => format!("move to {group_name}"),
            Self::SetAttributes { set, remove } => {
                let set = set.iter().map(|(name, value)| format!(" {name}={value}"));
                let removed = remove.iter().map(|name| format!(" -{name}"));
                format!("attributes{}", set.chain(removed).collect::<String>())
            }
            Self::InstallProfile { profile_name, .. } => format!("install profile {profile_name}"),
            Self::RemoveProfile { profile_name, .. } => format!("remove profile {profile_name}"),
            Self::RemoveApp { app_name, .. } => format!("remove {app_name}"),
            Self::SetUserActive { active: true } => "activate".to_owned(),
            Self::SetUserActive { active: false } => "deactivate".to_owned(),
            Self::DeleteUser => "delete the user".to_owned(),
            Self::LeaveUserGroup { group_name, .. } => format!("leave group {group_name}"),
            Self::SendMessage { by, .. } => match by {
                Channel::Push => "notify".to_owned(),
                Channel::Email => "send a mail".to_owned(),
                Channel::Sms => "send a text message".to_owned(),
            },
            Self::UpdateOs { version, .. } => format!("update to {version}"),
            Self::DeleteDevice => "delete the record".to_owned(),
        }
    }

    /// The platforms that have it, those of the verb before those of its command; none named means all of them.
    pub(crate) fn platforms(&self) -> &'static [Platform] {
        match (self.facts().platforms, self.command()) {
            ([], Some(command)) => command.platforms(),
            (own, _) => own,
        }
    }

    /// Whether it can be done to such a target.
    pub(crate) fn fits(&self, target: &Target) -> bool {
        // A call whose one device is known is for that device.
        (target.kind() == self.facts().target
            || matches!((self, target), (Self::CallOperation { .. }, Target::Device(_))))
            && match self {
                Self::MakeApiKey { .. } => matches!(target, Target::ApiKey { id: None, .. }),
                Self::RevokeApiKey => matches!(target, Target::ApiKey { id: Some(_), .. }),
                _ => true,
            }
    }

    /// The user fields it sets, if it does.
    pub(crate) fn edit(&self) -> Option<&UserEdit> {
        match self {
            Self::CreateUser { user, .. } => Some(user),
            Self::UpdateUser { changes } => Some(changes),
            _ => None,
        }
    }

    /// What it asks of a device, if it is a command of somebody's own.
    pub fn asked(&self) -> Option<Asked> {
        match self {
            Self::SendCommand { command: Command::CustomMdmCommand, parameters } => Some(Asked::of(parameters)),
            Self::CallOperation { call } => call.asked(),
            _ => None,
        }
    }

    /// The command it queues on a device, if it does.
    pub fn command(&self) -> Option<Command> {
        match self {
            Self::SendCommand { command, .. } => Some(*command),
            Self::InstallApp { .. } => Some(Command::InstallApplication),
            Self::UpdateOs { .. } => Some(Command::InstallOsUpdate),
            Self::SendMessage { by: Channel::Push, .. } => Some(Command::SendMessage),
            Self::CallOperation { call } => call.command(),
            _ => None,
        }
    }
}

impl DeviceChange {
    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Fields and values: `name=Front desk, ownership=C`.
    fn describe(&self) -> String {
        let text = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name}={value}"));
        let parts = [
            text("name", &self.friendly_name),
            text("asset number", &self.asset_number),
            self.ownership.as_ref().map(|letter| format!("ownership={letter}")),
        ];
        format!("set {}", parts.into_iter().flatten().collect::<Vec<_>>().join(", "))
    }
}

fn names(groups: &[(SmartGroupId, String)]) -> String {
    let names: Vec<&str> = groups.iter().map(|(_, name)| name.as_str()).collect();
    names.join(", ")
}

/// Names of the fields that an edit sets, in the wire's words.
fn changed_fields(edit: &UserEdit) -> Vec<String> {
    match serde_json::to_value(edit) {
        Ok(Value::Object(fields)) => {
            fields.into_iter().map(|(name, _)| name).filter(|name| name != "UserName").collect()
        }
        _ => Vec::new(),
    }
}
