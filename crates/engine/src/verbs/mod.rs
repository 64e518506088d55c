//! How each action is carried out, and how its outcome is read back. One file per verb.
//!
//! A verb never writes anything down and never decides whether to try again: it says what it did, or
//! what it saw.

mod assign_app;
mod bulk;
mod call_operation;
mod create_user;
mod custom_attributes;
mod delete_device;
mod delete_user;
mod edit_device;
mod failure;
mod install_app;
mod join_user_group;
mod leave_user_group;
mod make_api_key;
mod memory;
mod message;
mod move_device;
mod profile;
mod records;
mod remove_app;
mod retag;
mod revoke_api_key;
mod secrets;
mod send_command;
mod unassign_app;
mod update_os;
mod update_user;
mod user_status;

pub use secrets::{Keeper, Secrets};

pub use bulk::calls;
pub(crate) use bulk::{Batch, Bulk, Member};
pub(crate) use failure::{Certainty, Failure};
pub(crate) use memory::Memory;

use async_trait::async_trait;
use jiff::Timestamp;
use muster_client::{Client, Recipient, Writer};
use serde_json::Value;

use crate::plan::{Action, Target};

/// What a verb works with.
#[derive(Clone, Copy)]
pub(crate) struct Tools<'a> {
    pub client: &'a Client,
    pub writer: &'a Writer,
    pub secrets: &'a Secrets,
    pub memory: &'a Memory,
    pub noting: &'a dyn Noting,
    /// The task that it works for.
    pub task: usize,
}

/// Where a verb notes what it is about to change.
#[async_trait]
pub(crate) trait Noting: Send + Sync {
    /// Keeps what tasks' targets were like, and returns when it is durable.
    async fn note(&self, images: Vec<(usize, Value)>) -> Result<(), Failure>;
}

impl Tools<'_> {
    /// Notes what the target is like before the change. Nothing may be sent if that fails: the change could not be
    /// taken back.
    async fn before(&self, image: Value) -> Result<(), Failure> {
        self.noting.note(vec![(self.task, image)]).await
    }
}

/// What came of applying a verb.
#[derive(Debug)]
pub(crate) struct Applied {
    /// What the tenant calls the effect.
    pub command_id: Option<String>,
    /// Why nothing had to be sent, if that was so.
    pub already: Option<String>,
    /// Whether it was read that it is so; else only the tenant's word is known.
    pub verified: bool,
}

impl Applied {
    fn sent(command_id: Option<String>) -> Self {
        Self { command_id, already: None, verified: false }
    }

    fn already(why: impl Into<String>) -> Self {
        Self { command_id: None, already: Some(why.into()), verified: true }
    }

    /// The tenant has noted the same wish already, and the device has not followed it yet as far as the tenant knows.
    fn noted(why: impl Into<String>) -> Self {
        Self { verified: false, ..Self::already(why) }
    }
}

/// One record at the tenant that fits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trace {
    /// What the tenant calls it.
    pub command_id: Option<String>,
    /// By the tenant's clock.
    pub at: Timestamp,
}

/// What the tenant shows of a change whose outcome is not known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Evidence {
    /// The wish is fulfilled.
    Fulfilled {
        /// What the tenant calls the effect.
        command_id: Option<String>,
    },
    /// Records that fit, oldest first. Those that belong to another task are no evidence.
    Records(Vec<Trace>),
    /// Nothing of it is there.
    Absent,
    /// Something else is there, which sending again would not change.
    Contradicted(String),
}

/// What is known of something that the tenant has accepted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sent<'a> {
    /// What the tenant calls it, if it told.
    pub command_id: Option<&'a str>,
    /// A moment of the tenant's clock at or before the sending, if that clock has gone on as ours has.
    pub since: Timestamp,
    /// Between which moments of our clock it was sent: the tenant's own, if that clock was right then and was set since.
    pub between: (Timestamp, Timestamp),
}

/// How far something that the tenant has accepted has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// The tenant has noted it.
    Accepted,
    /// The same, and it is seen to wait for the device.
    Queued,
    /// The device has it.
    Delivered,
    /// The device says that it did it.
    Executed,
    /// It is so.
    Verified,
    /// The device could not do it, and why.
    Failed(String),
}

/// One way to change a tenant.
#[async_trait]
pub(crate) trait Verb: Send + Sync {
    /// Does it, unless one cheap read shows that it is so already.
    async fn apply(&self, tools: &Tools<'_>) -> Result<Applied, Failure>;

    /// Looks whether it was done. `since` is a moment of the tenant's clock at or before the sending.
    async fn read_back(&self, tools: &Tools<'_>, since: Timestamp) -> Result<Evidence, Failure>;

    /// How far a wish has come that was read back. A record of the tenant's own is then as it was wanted; what a device
    /// has yet to do is accepted and no more.
    fn noted(&self) -> Standing {
        Standing::Verified
    }

    /// Looks how far it has come since the tenant accepted it; `None` if nothing is seen of it. Unlike
    /// [`Verb::read_back`] it takes no wish for the deed: a verb that a device carries out says here what proves it.
    async fn prove(&self, tools: &Tools<'_>, sent: Sent<'_>) -> Result<Option<Standing>, Failure> {
        Ok(match self.read_back(tools, sent.since).await? {
            Evidence::Fulfilled { .. } => Some(self.noted()),
            Evidence::Records(_) => Some(Standing::Accepted),
            Evidence::Absent | Evidence::Contradicted(_) => None,
        })
    }
}

/// The verb that does this to that target. (Which action fits which target was checked in the draft.)
pub(crate) fn of(target: &Target, action: &Action) -> Result<Box<dyn Verb>, Failure> {
    let verb: Box<dyn Verb> = match (action, target) {
        (Action::SendCommand { command, parameters }, Target::Device(device)) => {
            let recipient = Recipient { id: device.id, uuid: device.uuid };
            Box::new(send_command::SendCommand { device: recipient, command: *command, parameters: parameters.clone() })
        }
        (Action::Retag { add, remove }, Target::Device(device)) => {
            Box::new(retag::Retag { device: device.id, add: add.clone(), remove: remove.clone() })
        }
        (Action::InstallApp { app, app_uuid, app_name }, Target::Device(device)) => {
            Box::new(install_app::InstallApp { device: device.id, app: memory::app(*app, *app_uuid, app_name) })
        }
        (Action::CreateUser { user, password }, Target::User { .. }) => {
            Box::new(create_user::CreateUser { user: user.clone(), password: password.clone() })
        }
        (Action::UpdateUser { changes }, Target::User { name, .. }) => {
            Box::new(update_user::UpdateUser { name: name.clone(), changes: changes.clone() })
        }
        (Action::JoinUserGroup { group, .. }, Target::User { name, id }) => {
            Box::new(join_user_group::JoinUserGroup { name: name.clone(), user: *id, group: *group })
        }
        (Action::CallOperation { call }, Target::Device(_) | Target::Resource { .. }) => {
            let devices = target.devices().iter().map(|device| device.id).collect();
            let unknown = call.unknown(target);
            Box::new(call_operation::CallOperation { call: (**call).clone(), devices, unknown })
        }
        (Action::AssignApp { groups, parameters }, Target::App { id, uuid, name }) => Box::new(assign_app::AssignApp {
            app: memory::app(*id, *uuid, name),
            groups: groups.iter().map(|(group, _)| *group).collect(),
            parameters: parameters.clone(),
        }),
        (Action::MakeApiKey { key }, Target::ApiKey { .. }) => Box::new(make_api_key::MakeApiKey { key: key.clone() }),
        (Action::RevokeApiKey, Target::ApiKey { id: Some(id), .. }) => {
            Box::new(revoke_api_key::RevokeApiKey { id: *id })
        }
        (Action::EditDevice { changes }, Target::Device(device)) => {
            Box::new(edit_device::EditDevice { device: device.id, changes: changes.clone() })
        }
        (Action::MoveDevice { group, .. }, Target::Device(device)) => {
            Box::new(move_device::MoveDevice { device: device.id, group: *group })
        }
        (Action::SetAttributes { set, remove }, Target::Device(device)) => {
            Box::new(custom_attributes::SetAttributes { device: device.id, set: set.clone(), remove: remove.clone() })
        }
        (Action::InstallProfile { profile, .. }, Target::Device(device)) => {
            Box::new(profile::ProfileOnDevice { device: device.id, profile: *profile, wanted: true })
        }
        (Action::RemoveProfile { profile, .. }, Target::Device(device)) => {
            Box::new(profile::ProfileOnDevice { device: device.id, profile: *profile, wanted: false })
        }
        (Action::RemoveApp { app, app_uuid, app_name }, Target::Device(device)) => {
            Box::new(remove_app::RemoveApp { device: device.id, app: memory::app(*app, *app_uuid, app_name) })
        }
        (Action::SendMessage { by, subject, text }, Target::Device(device)) => {
            Box::new(message::SendMessage { device: device.id, by: *by, subject: subject.clone(), text: text.clone() })
        }
        (Action::UpdateOs { version, action }, Target::Device(device)) => {
            Box::new(update_os::UpdateOs { device: device.id, version: version.clone(), action: action.clone() })
        }
        (Action::DeleteDevice, Target::Device(device)) => Box::new(delete_device::DeleteDevice { device: device.id }),
        (Action::SetUserActive { active }, Target::User { name, .. }) => {
            Box::new(user_status::SetUserActive { name: name.clone(), active: *active })
        }
        (Action::DeleteUser, Target::User { name, .. }) => Box::new(delete_user::DeleteUser { name: name.clone() }),
        (Action::LeaveUserGroup { group, .. }, Target::User { name, id }) => {
            Box::new(leave_user_group::LeaveUserGroup { name: name.clone(), user: *id, group: *group })
        }
        (Action::UnassignApp { groups }, Target::App { id, uuid, name }) => Box::new(unassign_app::UnassignApp {
            app: memory::app(*id, *uuid, name),
            groups: groups.iter().map(|(group, _)| *group).collect(),
        }),
        _ => return Err(Failure::misfit(action.verb(), target.kind())),
    };
    Ok(verb)
}
