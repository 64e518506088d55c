//! What is done to a target. One variant per verb; how each is carried out is in `verbs`.

use muster_model::Effect;
use muster_model::apps::DeploymentParameters;
use muster_model::commands::Command;
use muster_model::guide::NewApiKey;
use muster_model::ids::{AppId, SmartGroupId, UserGroupId};
use muster_model::users::UserEdit;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

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
    /// What it does to the target.
    pub fn effect(&self) -> Effect {
        match self {
            Self::SendCommand { command, .. } => command.effect(),
            Self::RevokeApiKey => Effect::Destroy,
            Self::CallOperation { call } => call.effect(),
            _ => Effect::Write,
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
        }
    }

    /// The action in a few words: `SyncDevice`, `tags +Pilot -Old`.
    pub fn describe(&self) -> String {
        match self {
            Self::SendCommand { command, .. } => command.to_string(),
            Self::Retag { add, remove } => {
                let added = add.iter().map(|tag| format!(" +{tag}"));
                let removed = remove.iter().map(|tag| format!(" -{tag}"));
                format!("tags{}", added.chain(removed).collect::<String>())
            }
            Self::CreateUser { user, .. } => format!("create user {}", user.user_name),
            Self::UpdateUser { changes } => format!("set {}", changed_fields(changes).join(", ")),
            Self::JoinUserGroup { group_name, .. } => format!("join group {group_name}"),
            Self::AssignApp { groups, .. } => {
                let names: Vec<&str> = groups.iter().map(|(_, name)| name.as_str()).collect();
                format!("assign to {}", names.join(", "))
            }
            Self::InstallApp { app_name, .. } => format!("install {app_name}"),
            Self::MakeApiKey { .. } => "make an API key".to_owned(),
            Self::RevokeApiKey => "revoke the API key".to_owned(),
            Self::CallOperation { call } => call.describe(),
        }
    }

    /// Whether it can be done to such a target.
    pub(crate) fn fits(&self, target: &Target) -> bool {
        match self {
            Self::SendCommand { .. } | Self::Retag { .. } | Self::InstallApp { .. } => {
                matches!(target, Target::Device(_))
            }
            Self::CreateUser { .. } | Self::UpdateUser { .. } | Self::JoinUserGroup { .. } => {
                matches!(target, Target::User { .. })
            }
            Self::AssignApp { .. } => matches!(target, Target::App { .. }),
            Self::MakeApiKey { .. } => matches!(target, Target::ApiKey { id: None, .. }),
            Self::RevokeApiKey => matches!(target, Target::ApiKey { id: Some(_), .. }),
            Self::CallOperation { .. } => matches!(target, Target::Resource { .. }),
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

    /// The command it queues on a device, if it does.
    pub fn command(&self) -> Option<Command> {
        match self {
            Self::SendCommand { command, .. } => Some(*command),
            Self::InstallApp { .. } => Some(Command::InstallApplication),
            Self::CallOperation { call } => call.command(),
            _ => None,
        }
    }
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
