//! An inventory that remembers what rarely changes: user groups, smart groups and apps. Everything about
//! single devices and users goes straight to the tenant, because decisions are made by it.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use muster_client::{AppOnDevice, Compliance, DeviceFilter, SmartGroup, UserGroup};
use muster_model::apps::App;
use muster_model::commands::{Command, CommandRecord};
use muster_model::devices::Device;
use muster_model::ids::{DeviceId, SmartGroupId, UserGroupId};
use muster_model::users::User;
use muster_store::Clock;
use muster_workflows::{Error, Inventory};
use serde_json::{Map, Value};

/// Puts a memory in front of another inventory.
pub struct Cached<I> {
    inner: I,
    clock: Arc<dyn Clock>,
    keep: Duration,
    user_groups: Memory<UserGroup>,
    smart_groups: Memory<SmartGroup>,
    apps: Memory<App>,
}

impl<I: Inventory> Cached<I> {
    /// A list is believed for `keep` after it was read.
    pub fn new(inner: I, clock: Arc<dyn Clock>, keep: Duration) -> Self {
        Self {
            inner,
            clock,
            keep,
            user_groups: Memory::default(),
            smart_groups: Memory::default(),
            apps: Memory::default(),
        }
    }

    /// The remembered list, or what `read` answers. Callers who ask for the same at the same time wait for
    /// one reading; an error is told to its caller and not remembered.
    async fn remembered<T: Clone>(
        &self,
        memory: &Memory<T>,
        name_contains: Option<&str>,
        read: impl Future<Output = Result<Vec<T>, Error>>,
    ) -> Result<Vec<T>, Error> {
        let slot = memory.slot(name_contains);
        let mut slot = slot.lock().await;
        let now = self.clock.now();
        if let Some((at, rows)) = &*slot
            && is_fresh(*at, now, self.keep)
        {
            return Ok(rows.clone());
        }
        let rows = read.await?;
        *slot = Some((now, rows.clone()));
        Ok(rows)
    }
}

/// A clock that was set back makes nothing fresh.
fn is_fresh(read_at: Timestamp, now: Timestamp, keep: Duration) -> bool {
    let age = now.as_microsecond().saturating_sub(read_at.as_microsecond());
    u64::try_from(age).is_ok_and(|age| Duration::from_micros(age) < keep)
}

type Slot<T> = Arc<tokio::sync::Mutex<Option<(Timestamp, Vec<T>)>>>;

/// Lists by what their names had to contain.
struct Memory<T>(Mutex<HashMap<Option<String>, Slot<T>>>);

/// The most searches that one memory keeps; then it starts over.
const SEARCHES: usize = 256;

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T> Memory<T> {
    fn slot(&self, name_contains: Option<&str>) -> Slot<T> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if slots.len() >= SEARCHES {
            slots.clear();
        }
        Arc::clone(slots.entry(name_contains.map(str::to_owned)).or_default())
    }
}

#[async_trait]
impl<I: Inventory> Inventory for Cached<I> {
    async fn devices(&self, filter: &DeviceFilter) -> Result<Vec<Device>, Error> {
        self.inner.devices(filter).await
    }

    async fn devices_by_id(&self, ids: &[DeviceId]) -> Result<Vec<Device>, Error> {
        self.inner.devices_by_id(ids).await
    }

    async fn device(&self, id: DeviceId) -> Result<Option<Device>, Error> {
        self.inner.device(id).await
    }

    async fn devices_with_tag(&self, name: &str) -> Result<BTreeSet<DeviceId>, Error> {
        self.inner.devices_with_tag(name).await
    }

    async fn noncompliant_devices(&self) -> Result<Vec<Device>, Error> {
        self.inner.noncompliant_devices().await
    }

    async fn device_compliance(&self, id: DeviceId) -> Result<Option<Compliance>, Error> {
        self.inner.device_compliance(id).await
    }

    async fn device_commands(&self, id: DeviceId) -> Result<Vec<CommandRecord>, Error> {
        self.inner.device_commands(id).await
    }

    async fn users(&self, name_contains: Option<&str>) -> Result<Vec<User>, Error> {
        self.inner.users(name_contains).await
    }

    async fn user_by_name(&self, name: &str) -> Result<Option<User>, Error> {
        self.inner.user_by_name(name).await
    }

    async fn user_groups(&self, name_contains: Option<&str>) -> Result<Vec<UserGroup>, Error> {
        self.remembered(&self.user_groups, name_contains, self.inner.user_groups(name_contains)).await
    }

    async fn user_group_members(&self, id: UserGroupId) -> Result<Vec<String>, Error> {
        self.inner.user_group_members(id).await
    }

    async fn apps(&self, name_contains: Option<&str>) -> Result<Vec<App>, Error> {
        self.remembered(&self.apps, name_contains, self.inner.apps(name_contains)).await
    }

    async fn app_assignments(&self, app: &App) -> Result<Vec<SmartGroupId>, Error> {
        self.inner.app_assignments(app).await
    }

    async fn app_devices(&self, app: &App) -> Result<Vec<AppOnDevice>, Error> {
        self.inner.app_devices(app).await
    }

    async fn smart_groups(&self, name_contains: Option<&str>) -> Result<Vec<SmartGroup>, Error> {
        self.remembered(&self.smart_groups, name_contains, self.inner.smart_groups(name_contains)).await
    }

    fn supports(&self, command: Command) -> bool {
        self.inner.supports(command)
    }

    fn carries(&self, command: Command, parameters: &Map<String, Value>) -> Result<(), muster_client::Error> {
        self.inner.carries(command, parameters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_fresh_for_its_time_and_never_from_the_future() {
        let at = |seconds| Timestamp::from_second(seconds).expect("a timestamp");
        let keep = Duration::from_secs(60);
        for (read, now, fresh) in [(100, 100, true), (100, 159, true), (100, 160, false), (100, 99, false)] {
            assert_eq!(is_fresh(at(read), at(now), keep), fresh, "{read} {now}");
        }
    }
}
