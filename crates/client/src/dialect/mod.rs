//! The tenant's operations, with one meaning in both dialects. Each method here only chooses the dialect;
//! [`guide`] and [`published`] say how it is done there.

mod guide;
pub(crate) mod probe;
mod published;

use jiff::Timestamp;
use muster_model::Stamp;
use muster_model::apps::{App, AssignedGroup, DeploymentParameters};
use muster_model::commands::{Command, CommandRecord};
use muster_model::devices::Device;
use muster_model::ids::{DeviceId, SmartGroupId, UserGroupId, UserId};
use muster_model::system::SystemInfo;
use muster_model::users::{User, UserEdit};
use muster_model::words::{Ownership, Platform, SecurityType};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    AppOnDevice, Client, Compliance, DeviceFilter, Dialect, Error, HeldTag, OperationState, Receipt, SmartGroup,
    TenantInfo, UserGroup, Writer,
};

impl Client {
    /// Product, version, build and time of the tenant.
    pub async fn system_info(&self) -> Result<TenantInfo, Error> {
        match self.dialect() {
            Dialect::Guide => guide::system_info(self).await,
            Dialect::Published => published::system_info(self).await,
        }
    }

    /// One page of devices and the total: for a connectivity test, not for lists.
    pub async fn device_page(&self, filter: &DeviceFilter, page_size: u32) -> Result<(Vec<Device>, u64), Error> {
        match self.dialect() {
            Dialect::Guide => guide::device_page(self, filter, page_size).await,
            Dialect::Published => published::device_page(self, filter, page_size).await,
        }
    }

    /// Every device that matches, or an error: never a short list.
    pub async fn devices(&self, filter: &DeviceFilter) -> Result<Vec<Device>, Error> {
        match self.dialect() {
            Dialect::Guide => guide::devices(self, filter).await,
            Dialect::Published => published::devices(self, filter).await,
        }
    }

    /// One device with its tags: `Some` in both dialects, `None` only where an old release has no way to tell.
    pub async fn device(&self, id: DeviceId) -> Result<Device, Error> {
        match self.dialect() {
            Dialect::Guide => guide::device(self, id).await,
            Dialect::Published => published::device(self, id).await,
        }
    }

    /// One device as its record says it, in one call: in the published dialect tags stand elsewhere.
    pub async fn device_record(&self, id: DeviceId) -> Result<Device, Error> {
        match self.dialect() {
            Dialect::Guide => guide::device(self, id).await,
            Dialect::Published => published::device_record(self, id).await,
        }
    }

    /// The records of these devices, in any order; those that are not there are left out. As few calls as the dialect
    /// has: of the published one, a call for five hundred.
    pub async fn devices_by_id(&self, ids: &[DeviceId]) -> Result<Vec<Device>, Error> {
        match self.dialect() {
            Dialect::Guide => guide::devices_by_id(self, ids).await,
            Dialect::Published => published::devices_by_id(self, ids).await,
        }
    }

    /// The tags of a name (without regard to ASCII case), one for each organization group that has one, each with all
    /// of its devices. Two calls for a tag, however many devices there are.
    ///
    /// # Errors
    /// [`Error::Invalid`] in the guide dialect, where tags are words in the rows of devices and have no ids.
    pub async fn held_tags(&self, name: &str) -> Result<Vec<HeldTag>, Error> {
        match self.dialect() {
            Dialect::Guide => Err(Error::Invalid("tags have no ids in the guide dialect".to_owned())),
            Dialect::Published => published::held_tags(self, name).await,
        }
    }

    /// Every device that breaks at least one policy.
    pub async fn noncompliant_devices(&self) -> Result<Vec<Device>, Error> {
        match self.dialect() {
            Dialect::Guide => guide::noncompliant_devices(self).await,
            Dialect::Published => published::noncompliant_devices(self).await,
        }
    }

    /// State of every policy on one device.
    pub async fn device_compliance(&self, id: DeviceId) -> Result<Compliance, Error> {
        match self.dialect() {
            Dialect::Guide => guide::device_compliance(self, id).await,
            Dialect::Published => published::device_compliance(self, id).await,
        }
    }

    /// What became of the commands sent to a device, newest first. The published API has no such list: there
    /// the device's event log of the last 30 days is read.
    pub async fn device_commands(&self, id: DeviceId) -> Result<Vec<CommandRecord>, Error> {
        match self.dialect() {
            Dialect::Guide => guide::device_commands(self, id).await,
            Dialect::Published => published::device_commands(self, id).await,
        }
    }

    /// Users whose name contains the text; all of them for `None`.
    pub async fn users(&self, name_contains: Option<&str>) -> Result<Vec<User>, Error> {
        match self.dialect() {
            Dialect::Guide => guide::users(self, name_contains).await,
            Dialect::Published => published::users(self, name_contains).await,
        }
    }

    /// The user of exactly this name, without regard to (ASCII) case. Searches match parts of names.
    pub async fn user_by_name(&self, name: &str) -> Result<Option<User>, Error> {
        let users = self.users(Some(name)).await?;
        Ok(users.into_iter().find(|user| user.user_name.eq_ignore_ascii_case(name)))
    }

    /// User groups whose name contains the text; all of them for `None`.
    pub async fn user_groups(&self, name_contains: Option<&str>) -> Result<Vec<UserGroup>, Error> {
        match self.dialect() {
            Dialect::Guide => guide::user_groups(self, name_contains).await,
            Dialect::Published => published::user_groups(self, name_contains).await,
        }
    }

    /// User names of the members of a group.
    pub async fn user_group_members(&self, id: UserGroupId) -> Result<Vec<String>, Error> {
        match self.dialect() {
            Dialect::Guide => guide::user_group_members(self, id).await,
            Dialect::Published => published::user_group_members(self, id).await,
        }
    }

    /// Apps whose name contains the text; all of them for `None`. Several versions of one app are several rows.
    pub async fn apps(&self, name_contains: Option<&str>) -> Result<Vec<App>, Error> {
        match self.dialect() {
            Dialect::Guide => guide::apps(self, name_contains).await,
            Dialect::Published => published::apps(self, name_contains).await,
        }
    }

    /// The smart groups that an app is assigned to.
    pub async fn app_assignments(&self, app: &App) -> Result<Vec<SmartGroupId>, Error> {
        Ok(self.assigned_groups(app).await?.into_iter().map(|group| group.smart_group_id).collect())
    }

    /// The same, with how the app reaches each of them, as far as the tenant shows it: the guide dialect shows no more
    /// than the push mode.
    pub async fn assigned_groups(&self, app: &App) -> Result<Vec<AssignedGroup>, Error> {
        match self.dialect() {
            Dialect::Guide => guide::app_assignments(self, app).await,
            Dialect::Published => published::app_assignments(self, app).await,
        }
    }

    /// What became of an app on each device it is assigned to.
    pub async fn app_devices(&self, app: &App) -> Result<Vec<AppOnDevice>, Error> {
        match self.dialect() {
            Dialect::Guide => guide::app_devices(self, app).await,
            Dialect::Published => published::app_devices(self, app).await,
        }
    }

    /// Smart groups whose name contains the text; all of them for `None`.
    pub async fn smart_groups(&self, name_contains: Option<&str>) -> Result<Vec<SmartGroup>, Error> {
        match self.dialect() {
            Dialect::Guide => guide::smart_groups(self, name_contains).await,
            Dialect::Published => published::smart_groups(self, name_contains).await,
        }
    }

    /// How far a long-running operation has come.
    pub async fn operation(&self, id: &str) -> Result<OperationState, Error> {
        match self.dialect() {
            Dialect::Guide => guide::operation(self, id).await,
            Dialect::Published => published::operation(self, id).await,
        }
    }

    /// Whether this tenant's dialect can carry a command at all.
    pub fn supports(&self, command: Command) -> bool {
        match self.dialect() {
            Dialect::Guide => true,
            Dialect::Published => published::supports(command),
        }
    }

    /// Whether a command with these parameters can be sent to this tenant, by what its dialect is known to have.
    /// Nothing is asked of it.
    ///
    /// # Errors
    /// [`Error::Unsupported`] if there is no call for it or none that carries one of the parameters, and
    /// [`Error::Invalid`] if it needs what is not among them.
    pub fn carries(&self, command: Command, parameters: &Map<String, Value>) -> Result<(), Error> {
        match self.dialect() {
            Dialect::Guide => Ok(()),
            Dialect::Published => published::carries(command, parameters),
        }
    }
}

/// Whom a command is for. Some calls name a device by its UUID; where that is not given, they take one read more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recipient {
    pub id: DeviceId,
    pub uuid: Option<Uuid>,
}

impl From<DeviceId> for Recipient {
    fn from(id: DeviceId) -> Self {
        Self { id, uuid: None }
    }
}

impl Writer {
    /// Queues a command for a device. `Kind::Unsupported`, without sending, if the dialect does not have it or
    /// cannot carry one of the parameters.
    pub async fn command(
        &self,
        device: impl Into<Recipient>,
        command: Command,
        parameters: &Map<String, Value>,
    ) -> Result<Receipt, Error> {
        let device = device.into();
        match self.client().dialect() {
            Dialect::Guide => guide::command(self, device.id, command, parameters).await,
            Dialect::Published => published::command(self, device, command, parameters).await,
        }
    }

    /// Replaces the tags of a device, which must be given as just read (with its tags). Tags that do not exist
    /// are made. In the published dialect this is one call per difference: see [`Error::Halfway`].
    pub async fn set_tags(&self, device: &Device, tags: &[String]) -> Result<Receipt, Error> {
        match self.client().dialect() {
            Dialect::Guide => guide::set_tags(self, device, tags).await,
            Dialect::Published => published::set_tags(self, device, tags).await,
        }
    }

    /// Makes a user. Without other wishes it is active, and of the kind that its password or the lack of one makes it:
    /// basic or directory.
    pub async fn create_user(&self, user: &UserEdit) -> Result<UserId, Error> {
        let mut user = user.clone();
        user.status.get_or_insert(true);
        let basic = user.password.is_some();
        user.security_type.get_or_insert(if basic { SecurityType::Basic } else { SecurityType::Directory });
        let name = user.user_name.clone();
        let created = match self.client().dialect() {
            Dialect::Guide => guide::create_user(self, user).await,
            Dialect::Published => published::create_user(self, user).await,
        };
        if let Some(id) = created? {
            return Ok(id);
        }
        // It was done, and the answer with its id was lost.
        match self.client().user_by_name(&name).await {
            Ok(Some(found)) => Ok(found.id.0),
            Ok(None) => Err(Error::Bug(format!("the tenant made the user `{name}` and does not list it"))),
            Err(error) => Err(Error::Halfway { done: 1, steps: 2, source: Box::new(error) }),
        }
    }

    /// Changes a user, given as just read. Fields that `edit` leaves out stay as they are.
    pub async fn update_user(&self, current: &User, edit: &UserEdit) -> Result<(), Error> {
        match self.client().dialect() {
            Dialect::Guide => guide::update_user(self, current, edit).await,
            Dialect::Published => published::update_user(self, current, edit).await,
        }
    }

    /// Puts a user into a group; nothing happens if the user is in it.
    pub async fn add_to_user_group(&self, group: UserGroupId, user: UserId) -> Result<(), Error> {
        match self.client().dialect() {
            Dialect::Guide => guide::add_to_user_group(self, group, user).await,
            Dialect::Published => published::add_to_user_group(self, group, user).await,
        }
    }

    /// Assigns an app to smart groups, beside those it has. The receipt names the operation, where there is one.
    pub async fn assign_app(
        &self,
        app: &App,
        groups: &[SmartGroupId],
        parameters: &DeploymentParameters,
    ) -> Result<Receipt, Error> {
        match self.client().dialect() {
            Dialect::Guide => guide::assign_app(self, app, groups, parameters).await,
            Dialect::Published => published::assign_app(self, app, groups, parameters).await,
        }
    }

    /// Pushes an app that is assigned to a device to it again.
    pub async fn install_app(&self, device: DeviceId, app: &App) -> Result<Receipt, Error> {
        match self.client().dialect() {
            Dialect::Guide => guide::install_app(self, device, app).await,
            Dialect::Published => published::install_app(self, device, app).await,
        }
    }
}

/// An absent or empty text matches everything.
fn search(text: Option<&str>) -> Option<String> {
    text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// What the search asks for, checked again: a server that does not know a criterion ignores it, and its answer
/// would be every device. A word that this program does not know proves nothing.
fn matches(device: &Device, filter: &DeviceFilter) -> bool {
    let platform = filter.platform.as_ref().is_none_or(|platform| {
        *platform == device.platform || [platform, &device.platform].iter().any(|p| matches!(p, Platform::Other(_)))
    });
    let ownership = filter.ownership.as_ref().is_none_or(|ownership| {
        *ownership == device.ownership
            || [ownership, &device.ownership].iter().any(|o| matches!(o, Ownership::Other(_)))
    });
    platform && ownership
}

/// Fills in what a tenant does not say, and marks it: the build is the last part of the version, the time that
/// of the answer.
fn tenant_info(info: SystemInfo, answered: Option<Timestamp>) -> TenantInfo {
    let build = info.build_number.filter(|build| !build.is_empty());
    let time = info.current_server_time.and_then(|text| text.parse::<Stamp>().ok()).map(|stamp| stamp.0);
    TenantInfo {
        derived: build.is_none() || time.is_none(),
        build_number: build.unwrap_or_else(|| info.product_version.rsplit('.').next().unwrap_or_default().to_owned()),
        server_time: time.or(answered),
        product_name: info.product_name,
        product_version: info.product_version,
    }
}
