//! The tenant's operations, with one meaning in both dialects. Each method here only chooses the dialect;
//! [`guide`] and [`published`] say how it is done there.

use std::collections::BTreeMap;
use std::time::Duration;

use muster_model::apps::{App, DeploymentParameters};
use muster_model::commands::{Command, CommandRecord};
use muster_model::devices::Device;
use muster_model::ids::{DeviceId, SmartGroupId, UserGroupId, UserId};
use muster_model::users::{User, UserEdit};
use serde_json::{Map, Value};

use crate::{
    AppOnDevice, Client, Compliance, DeviceFilter, Error, OperationState, Receipt, SmartGroup, TenantInfo, UserGroup,
    Writer,
};

impl Client {
    /// Product, version, build and time of the tenant.
    pub async fn system_info(&self) -> Result<TenantInfo, Error> {
        let _ = ();
        Err(not_built(self))
    }

    /// One page of devices and the total: for a connectivity test, not for lists.
    pub async fn device_page(&self, filter: &DeviceFilter, page_size: u32) -> Result<(Vec<Device>, u64), Error> {
        let _ = (filter, page_size);
        Err(not_built(self))
    }

    /// Every device that matches, or an error: never a short list.
    pub async fn devices(&self, filter: &DeviceFilter) -> Result<Vec<Device>, Error> {
        let _ = (filter);
        Err(not_built(self))
    }

    /// One device with its tags (`Some` in both dialects).
    pub async fn device(&self, id: DeviceId) -> Result<Device, Error> {
        let _ = (id);
        Err(not_built(self))
    }

    /// The devices with these serial numbers, without regard to case. Every serial asked for is a key; a serial
    /// may have none, one or several devices (re-enrolled ones). Reads the whole list: neither dialect can be
    /// asked for all devices of one serial number.
    pub async fn devices_by_serial(&self, serials: &[String]) -> Result<BTreeMap<String, Vec<Device>>, Error> {
        let _ = (serials);
        Err(not_built(self))
    }

    /// Every device that breaks at least one policy.
    pub async fn noncompliant_devices(&self) -> Result<Vec<Device>, Error> {
        let _ = ();
        Err(not_built(self))
    }

    /// State of every policy on one device.
    pub async fn device_compliance(&self, id: DeviceId) -> Result<Compliance, Error> {
        let _ = (id);
        Err(not_built(self))
    }

    /// What became of the commands sent to a device, newest first. The published API has no such list: there
    /// the device's event log of the last 30 days is read.
    pub async fn device_commands(&self, id: DeviceId) -> Result<Vec<CommandRecord>, Error> {
        let _ = (id);
        Err(not_built(self))
    }

    /// Users whose name contains the text; all of them for `None`.
    pub async fn users(&self, name_contains: Option<&str>) -> Result<Vec<User>, Error> {
        let _ = (name_contains);
        Err(not_built(self))
    }

    /// The user of exactly this name, without regard to case.
    pub async fn user_by_name(&self, name: &str) -> Result<Option<User>, Error> {
        let _ = (name);
        Err(not_built(self))
    }

    /// User groups whose name contains the text; all of them for `None`.
    pub async fn user_groups(&self, name_contains: Option<&str>) -> Result<Vec<UserGroup>, Error> {
        let _ = (name_contains);
        Err(not_built(self))
    }

    /// User names of the members of a group.
    pub async fn user_group_members(&self, id: UserGroupId) -> Result<Vec<String>, Error> {
        let _ = (id);
        Err(not_built(self))
    }

    /// Apps whose name contains the text; all of them for `None`. Several versions of one app are several rows.
    pub async fn apps(&self, name_contains: Option<&str>) -> Result<Vec<App>, Error> {
        let _ = (name_contains);
        Err(not_built(self))
    }

    /// The smart groups that an app is assigned to.
    pub async fn app_assignments(&self, app: &App) -> Result<Vec<SmartGroupId>, Error> {
        let _ = (app);
        Err(not_built(self))
    }

    /// What became of an app on each device it is assigned to.
    pub async fn app_devices(&self, app: &App) -> Result<Vec<AppOnDevice>, Error> {
        let _ = (app);
        Err(not_built(self))
    }

    /// Smart groups whose name contains the text; all of them for `None`.
    pub async fn smart_groups(&self, name_contains: Option<&str>) -> Result<Vec<SmartGroup>, Error> {
        let _ = (name_contains);
        Err(not_built(self))
    }

    /// How far a long-running operation has come.
    pub async fn operation(&self, id: &str) -> Result<OperationState, Error> {
        let _ = (id);
        Err(not_built(self))
    }

    /// Waits until an operation is completed or failed, asking `every` so often and telling `on_state` each answer.
    /// Passing trouble (no connection, throttling) is waited out; [`Error::Deadline`] if it is not final in time.
    pub async fn wait_operation(
        &self,
        id: &str,
        deadline: Duration,
        every: Duration,
        on_state: &(dyn Fn(&OperationState) + Sync),
    ) -> Result<OperationState, Error> {
        let _ = (id, deadline, every, on_state);
        Err(not_built(self))
    }

    /// Whether this tenant's dialect can carry a command at all.
    pub fn supports(&self, command: Command) -> bool {
        let _ = command;
        true
    }
}

impl Writer {
    /// Queues a command for a device. `Kind::Unsupported`, without sending, if the dialect does not have it or
    /// cannot carry one of the parameters.
    pub async fn command(
        &self,
        device: DeviceId,
        command: Command,
        parameters: &Map<String, Value>,
    ) -> Result<Receipt, Error> {
        let _ = (device, command, parameters);
        Err(not_built(self.client()))
    }

    /// Replaces the tags of a device, which must be given as just read (with its tags). Tags that do not exist
    /// are made. In the published dialect this is one call per difference: see [`Error::Halfway`].
    pub async fn set_tags(&self, device: &Device, tags: &[String]) -> Result<Receipt, Error> {
        let _ = (device, tags);
        Err(not_built(self.client()))
    }

    /// Makes a user.
    pub async fn create_user(&self, user: &UserEdit) -> Result<UserId, Error> {
        let _ = (user);
        Err(not_built(self.client()))
    }

    /// Changes a user, given as just read. Fields that `edit` leaves out stay as they are.
    pub async fn update_user(&self, current: &User, edit: &UserEdit) -> Result<(), Error> {
        let _ = (current, edit);
        Err(not_built(self.client()))
    }

    /// Puts a user into a group; nothing happens if the user is in it.
    pub async fn add_to_user_group(&self, group: UserGroupId, user: UserId) -> Result<(), Error> {
        let _ = (group, user);
        Err(not_built(self.client()))
    }

    /// Assigns an app to smart groups, beside those it has. The receipt names the operation, where there is one.
    pub async fn assign_app(
        &self,
        app: &App,
        groups: &[SmartGroupId],
        parameters: &DeploymentParameters,
    ) -> Result<Receipt, Error> {
        let _ = (app, groups, parameters);
        Err(not_built(self.client()))
    }

    /// Pushes an app that is assigned to a device to it again.
    pub async fn install_app(&self, device: DeviceId, app: &App) -> Result<Receipt, Error> {
        let _ = (device, app);
        Err(not_built(self.client()))
    }
}

fn not_built(client: &Client) -> Error {
    Error::Bug(format!("not built yet for {}", client.dialect()))
}
