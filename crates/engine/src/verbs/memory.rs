//! What a run has read once and need not read for every task: the members of user groups, the devices of apps and tags.
//!
//! Only good for "is it so already?". Whether a lost write has arrived is always read afresh.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use muster_client::{Client, Error, HeldTag};
use muster_model::apps::App;
use muster_model::ids::{AppId, DeviceId, UserGroupId, Wrapped};
use muster_model::words::InstallStatus;
use tokio::sync::{Mutex, OnceCell};
use uuid::Uuid;

/// Names in lower case.
type Members = Arc<OnceCell<BTreeSet<String>>>;
type Devices = Arc<OnceCell<BTreeMap<DeviceId, Kept>>>;
/// The tags of a name, with the devices that had them.
type Tags = Arc<OnceCell<Arc<[HeldTag]>>>;

/// What an app's list says of it on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Installed,
    Pending,
    /// Its installation failed; an older version may be there.
    Failed,
    /// The list says that it is not there, or says nothing.
    Not,
    /// The list has a word that is not known.
    Unclear,
}

/// One run's memory.
#[derive(Default)]
pub(crate) struct Memory {
    groups: Mutex<BTreeMap<UserGroupId, Members>>,
    apps: Mutex<BTreeMap<AppId, Devices>>,
    /// Names in lower case.
    tags: Mutex<BTreeMap<String, Tags>>,
}

impl Memory {
    /// Whether a user was in a group when this run first looked. Many tasks may ask at once; one reads.
    pub(super) async fn was_member(&self, client: &Client, group: UserGroupId, name: &str) -> Result<bool, Error> {
        let members = Arc::clone(self.groups.lock().await.entry(group).or_default());
        let members = members.get_or_try_init(|| members_of(client, group)).await?;
        Ok(members.contains(&name.to_lowercase()))
    }

    /// What an app's list said of a device when this run first looked.
    pub(super) async fn app_on(&self, client: &Client, app: &App, device: DeviceId) -> Result<Kept, Error> {
        let devices = Arc::clone(self.apps.lock().await.entry(app.id.0).or_default());
        let devices = devices.get_or_try_init(|| devices_of(client, app)).await?;
        Ok(devices.get(&device).copied().unwrap_or(Kept::Not))
    }

    /// The tags of a name as they were when this run first looked. That there is none is not remembered.
    pub(super) async fn tags(&self, client: &Client, name: &str) -> Result<Arc<[HeldTag]>, Error> {
        let tags = Arc::clone(self.tags.lock().await.entry(name.to_lowercase()).or_default());
        let read = async || match client.held_tags(name).await {
            Ok(held) if held.is_empty() => Err(None),
            held => held.map(Arc::from).map_err(Some),
        };
        match tags.get_or_try_init(read).await {
            Ok(tags) => Ok(Arc::clone(tags)),
            Err(None) => Ok(Arc::from([])),
            Err(Some(error)) => Err(error),
        }
    }
}

/// The devices of an app and what became of it there, without those that do not have it.
pub(super) async fn devices_of(client: &Client, app: &App) -> Result<BTreeMap<DeviceId, Kept>, Error> {
    // A plan keeps an app by id and name; its list of devices is asked for by more than that.
    let known = client.apps(Some(&app.application_name)).await?.into_iter().find(|known| known.id == app.id);
    let rows = client.app_devices(known.as_ref().unwrap_or(app)).await?;
    let kept = |status: &InstallStatus| match status {
        InstallStatus::Installed => Kept::Installed,
        InstallStatus::Pending => Kept::Pending,
        InstallStatus::Failed => Kept::Failed,
        InstallStatus::NotInstalled => Kept::Not,
        InstallStatus::Other(_) => Kept::Unclear,
    };
    Ok(rows.into_iter().map(|row| (row.device_id, kept(&row.status))).filter(|(_, kept)| *kept != Kept::Not).collect())
}

/// The members of a group, in lower case.
pub(super) async fn members_of(client: &Client, group: UserGroupId) -> Result<BTreeSet<String>, Error> {
    let members = client.user_group_members(group).await?;
    Ok(members.into_iter().map(|name| name.to_lowercase()).collect())
}

/// An app as the client wants it, from what a plan keeps of it.
pub(super) fn app(id: AppId, uuid: Option<Uuid>, name: &str) -> App {
    App { id: Wrapped(id), uuid, application_name: name.to_owned(), ..App::default() }
}
