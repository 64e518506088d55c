//! Every typed endpoint is called with success, and what comes back fits its type: one story an area, each told to a
//! tenant of its own.

mod admins;
mod apps;
mod commands;
mod devices;
mod enrollment;
mod groups;
mod products;
mod profiles;
mod scripts;
mod smart_groups;
mod tags;
mod users;
mod wipes;

use std::collections::BTreeSet;

use muster_client::{Client, Dialect, Settings, Writer, connect};
use muster_model::devices::{Device, DeviceQuery, Search as SearchDevices};
use muster_model::endpoint::{Changing, Reading};
use muster_model::ids::{DeviceId, SmartGroupId};
use muster_model::smart_groups::{Search as SearchSmartGroups, SmartGroupQuery};
use muster_model::words::{EnrollmentStatus, Platform};
use muster_model::{Call, Endpoint, Nothing};
use muster_uem::Running;
use serde::de::DeserializeOwned;
use serde_json::Value;
use uuid::Uuid;

use crate::stage;

/// A tenant and both handles, in the published dialect.
pub(crate) struct Tenant {
    pub(crate) uem: Running,
    pub(crate) client: Client,
    pub(crate) writer: Writer,
}

/// A device by all its names.
pub(crate) struct Named {
    pub(crate) id: DeviceId,
    pub(crate) uuid: Uuid,
    pub(crate) serial: String,
    pub(crate) udid: String,
    pub(crate) name: String,
}

impl Tenant {
    async fn new() -> Self {
        let uem = stage::tenant().await;
        let given = Settings { dialect: Some(Dialect::Published), ..stage::settings(&uem) };
        let (client, writer) = connect(given).await.expect("connects");
        Self { uem, client, writer }
    }

    /// The topmost organization group.
    pub(crate) fn root(&self) -> Uuid {
        self.uem.ready.organization_group.uuid
    }

    pub(crate) fn root_id(&self) -> i64 {
        self.uem.ready.organization_group.id
    }

    pub(crate) async fn get<E>(&self, path: E::Path, query: E::Query) -> E::Answer
    where
        E: Endpoint<Body = Nothing>,
        E::Effect: Reading,
    {
        self.ask::<E>(path, query, Nothing).await
    }

    pub(crate) async fn ask<E>(&self, path: E::Path, query: E::Query, body: E::Body) -> E::Answer
    where
        E: Endpoint,
        E::Effect: Reading,
    {
        let answer = self.client.read(Call::<E> { path, query, body }).await;
        answer.unwrap_or_else(|error| panic!("{}: {}", E::NAME, told(&error)))
    }

    /// A change without a body.
    pub(crate) async fn act<E>(&self, path: E::Path) -> E::Answer
    where
        E: Endpoint<Body = Nothing>,
        E::Effect: Changing,
    {
        self.change::<E>(path, E::Query::default(), Nothing).await
    }

    pub(crate) async fn send<E>(&self, path: E::Path, body: E::Body) -> E::Answer
    where
        E: Endpoint,
        E::Effect: Changing,
    {
        self.change::<E>(path, E::Query::default(), body).await
    }

    pub(crate) async fn change<E>(&self, path: E::Path, query: E::Query, body: E::Body) -> E::Answer
    where
        E: Endpoint,
        E::Effect: Changing,
    {
        let answer = self.writer.send(Call::<E> { path, query, body }).await;
        let answer = answer.unwrap_or_else(|error| panic!("{}: {}", E::NAME, told(&error)));
        answer.unwrap_or_else(|| panic!("{}: the answer does not fit", E::NAME))
    }

    /// Enrolled devices of a platform.
    pub(crate) async fn devices(&self, platform: Platform) -> Vec<Named> {
        let query = DeviceQuery { platform: Some(platform.to_string()), pagesize: Some(500), ..Default::default() };
        let found = self.get::<SearchDevices>((), query).await.devices;
        let enrolled = found.into_iter().filter(|device| device.enrollment_status == EnrollmentStatus::Enrolled);
        enrolled.map(named).collect()
    }

    pub(crate) async fn smart_group(&self, name: &str) -> (SmartGroupId, Uuid) {
        let query = SmartGroupQuery { name: Some(name.to_owned()), pagesize: 50, ..Default::default() };
        let found = self.get::<SearchSmartGroups>((), query).await.smart_groups.remove(0);
        (found.smart_group_id, found.smart_group_uuid.expect("a UUID"))
    }
}

fn named(device: Device) -> Named {
    let uuid = device.uuid.expect("a UUID");
    let [serial, udid, name] = [device.serial_number, device.udid, device.device_friendly_name].map(String::from);
    Named { id: device.id.0, uuid, serial, udid, name }
}

fn told(error: &muster_client::Error) -> String {
    format!("{error} {:?}", std::error::Error::source(error).map(ToString::to_string))
}

/// What is sent, as JSON that must fit its type.
pub(crate) fn body<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("fits its type")
}

macro_rules! stories {
    ($($area:ident),+ $(,)?) => {
        $(
            #[tokio::test]
            async fn $area() {
                $area::story(&Tenant::new().await).await;
            }
        )+

        /// Tells every story. Answers the names of the routes that were asked with success.
        pub(crate) async fn tell() -> BTreeSet<&'static str> {
            let mut told = BTreeSet::new();
            $(
                let tenant = Tenant::new().await;
                $area::story(&tenant).await;
                told.extend(tenant.uem.served().into_keys());
            )+
            told
        }
    };
}

stories! {
    admins, apps, commands, devices, enrollment, groups, products, profiles, scripts, smart_groups, tags, users, wipes,
}
