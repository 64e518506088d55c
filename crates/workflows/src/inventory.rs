//! What a decision needs to read. The live client implements it here; the controller implements it for
//! its own copy of the tenant.

use std::collections::BTreeSet;

use async_trait::async_trait;
use muster_client::{AppOnDevice, Client, Compliance, DeviceFilter, Dialect, Kind, SmartGroup, UserGroup};
use muster_model::apps::App;
use muster_model::commands::{Command, CommandRecord};
use muster_model::devices::Device;
use muster_model::ids::{DeviceId, SmartGroupId, UserGroupId};
use muster_model::users::User;
use serde_json::{Map, Value};

use crate::error::Error;

/// A tenant's state, for reading. Every list is complete or an error.
#[async_trait]
pub trait Inventory: Send + Sync {
    /// Devices that match the filter.
    async fn devices(&self, filter: &DeviceFilter) -> Result<Vec<Device>, Error>;
    /// The records of these devices; those that are not there are left out.
    async fn devices_by_id(&self, ids: &[DeviceId]) -> Result<Vec<Device>, Error>;
    /// One device with its tags; `None` if there is none with this id.
    async fn device(&self, id: DeviceId) -> Result<Option<Device>, Error>;
    /// Every device that has a tag of this name, without regard to case.
    async fn devices_with_tag(&self, name: &str) -> Result<BTreeSet<DeviceId>, Error>;
    /// Devices that break at least one compliance rule.
    async fn noncompliant_devices(&self) -> Result<Vec<Device>, Error>;
    /// Every rule of one device; `None` if there is no such device.
    async fn device_compliance(&self, id: DeviceId) -> Result<Option<Compliance>, Error>;
    /// Commands of one device, newest first.
    async fn device_commands(&self, id: DeviceId) -> Result<Vec<CommandRecord>, Error>;
    /// Users, or those whose name contains a text.
    async fn users(&self, name_contains: Option<&str>) -> Result<Vec<User>, Error>;
    /// The user of this name, without regard to case.
    async fn user_by_name(&self, name: &str) -> Result<Option<User>, Error>;
    /// User groups, or those whose name contains a text.
    async fn user_groups(&self, name_contains: Option<&str>) -> Result<Vec<UserGroup>, Error>;
    /// User names of a group's members.
    async fn user_group_members(&self, id: UserGroupId) -> Result<Vec<String>, Error>;
    /// Apps, or those whose name contains a text.
    async fn apps(&self, name_contains: Option<&str>) -> Result<Vec<App>, Error>;
    /// Smart groups that an app is assigned to.
    async fn app_assignments(&self, app: &App) -> Result<Vec<SmartGroupId>, Error>;
    /// What became of an app on each device it is meant for.
    async fn app_devices(&self, app: &App) -> Result<Vec<AppOnDevice>, Error>;
    /// Smart groups, or those whose name contains a text.
    async fn smart_groups(&self, name_contains: Option<&str>) -> Result<Vec<SmartGroup>, Error>;
    /// Whether the tenant's API has the command.
    fn supports(&self, command: Command) -> bool;
    /// Why the tenant's API cannot carry the command with these parameters, if so.
    fn carries(&self, command: Command, parameters: &Map<String, Value>) -> Result<(), muster_client::Error>;
}

#[async_trait]
impl Inventory for Client {
    async fn devices(&self, filter: &DeviceFilter) -> Result<Vec<Device>, Error> {
        self.devices(filter).await.map_err(Error::reading("searching devices"))
    }

    async fn devices_by_id(&self, ids: &[DeviceId]) -> Result<Vec<Device>, Error> {
        self.devices_by_id(ids).await.map_err(Error::reading("reading devices"))
    }

    async fn device(&self, id: DeviceId) -> Result<Option<Device>, Error> {
        found(self.device(id).await).map_err(Error::reading("reading a device"))
    }

    async fn devices_with_tag(&self, name: &str) -> Result<BTreeSet<DeviceId>, Error> {
        let reading = Error::reading("listing the devices of a tag");
        if self.dialect() == Dialect::Guide {
            // Tags stand in the rows.
            let has = |device: &Device| device.tags.iter().flatten().any(|tag| tag.eq_ignore_ascii_case(name));
            let all = self.devices(&DeviceFilter::default()).await.map_err(reading)?;
            return Ok(all.iter().filter(|device| has(device)).map(|device| device.id.0).collect());
        }
        Ok(self.held_tags(name).await.map_err(reading)?.into_iter().flat_map(|held| held.devices).collect())
    }

    async fn noncompliant_devices(&self) -> Result<Vec<Device>, Error> {
        self.noncompliant_devices().await.map_err(Error::reading("listing non-compliant devices"))
    }

    async fn device_compliance(&self, id: DeviceId) -> Result<Option<Compliance>, Error> {
        found(self.device_compliance(id).await).map_err(Error::reading("reading a device's compliance"))
    }

    async fn device_commands(&self, id: DeviceId) -> Result<Vec<CommandRecord>, Error> {
        self.device_commands(id).await.map_err(Error::reading("reading a device's commands"))
    }

    async fn users(&self, name_contains: Option<&str>) -> Result<Vec<User>, Error> {
        self.users(name_contains).await.map_err(Error::reading("searching users"))
    }

    async fn user_by_name(&self, name: &str) -> Result<Option<User>, Error> {
        self.user_by_name(name).await.map_err(Error::reading("looking a user up"))
    }

    async fn user_groups(&self, name_contains: Option<&str>) -> Result<Vec<UserGroup>, Error> {
        self.user_groups(name_contains).await.map_err(Error::reading("searching user groups"))
    }

    async fn user_group_members(&self, id: UserGroupId) -> Result<Vec<String>, Error> {
        self.user_group_members(id).await.map_err(Error::reading("reading the members of a user group"))
    }

    async fn apps(&self, name_contains: Option<&str>) -> Result<Vec<App>, Error> {
        self.apps(name_contains).await.map_err(Error::reading("searching apps"))
    }

    async fn app_assignments(&self, app: &App) -> Result<Vec<SmartGroupId>, Error> {
        self.app_assignments(app).await.map_err(Error::reading("reading an app's assignments"))
    }

    async fn app_devices(&self, app: &App) -> Result<Vec<AppOnDevice>, Error> {
        self.app_devices(app).await.map_err(Error::reading("reading an app's devices"))
    }

    async fn smart_groups(&self, name_contains: Option<&str>) -> Result<Vec<SmartGroup>, Error> {
        self.smart_groups(name_contains).await.map_err(Error::reading("searching smart groups"))
    }

    fn supports(&self, command: Command) -> bool {
        self.supports(command)
    }

    fn carries(&self, command: Command, parameters: &Map<String, Value>) -> Result<(), muster_client::Error> {
        self.carries(command, parameters)
    }
}

/// "Not found" as an answer instead of an error.
fn found<T>(answer: Result<T, muster_client::Error>) -> Result<Option<T>, muster_client::Error> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == Kind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}
