//! Apps on a device.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, args};
use uuid::Uuid;

use super::super::filter::Filter;
use super::super::page::Page;

/// An app that has arrived at a device in some state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceApp {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    pub(crate) bundle_id: String,
    /// The newest version that is assigned.
    pub(crate) version: String,
    /// `Internal`, `Public`, …
    pub(crate) kind: String,
    pub(crate) size_mb: i64,
    /// `Installed`, `Failed`, `Pending`, `NotInstalled`.
    pub(crate) status: String,
    pub(crate) reason: String,
    /// Empty unless it is installed.
    pub(crate) installed_version: String,
    pub(crate) updated_at: Timestamp,
}

fn read(row: &Row) -> Result<DeviceApp, Error> {
    Ok(DeviceApp {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        name: row.get("name")?,
        bundle_id: row.get("bundle_id")?,
        version: row.get("version")?,
        kind: row.get("kind")?,
        size_mb: row.get("size_mb")?,
        status: row.get("status")?,
        reason: row.get("reason")?,
        installed_version: row.get("installed_version")?,
        updated_at: row.get("updated_at")?,
    })
}

/// One page of a device's apps whose name or bundle id holds a text, by name, and how many there are.
pub(crate) async fn of_device(
    database: &Database,
    device: i64,
    text: Option<&str>,
    descending: bool,
    page: Page,
) -> Result<(Vec<DeviceApp>, u64), Error> {
    let mut filter = Filter::default();
    filter.equal("x.device_id", device);
    if let Some(text) = text {
        let name = filter.group(|filter| filter.contains("a.name", text));
        let bundle = filter.group(|filter| filter.contains("a.bundle_id", text));
        filter.and(format!("({name} or {bundle})"));
    }
    let from = format!("from device_apps x join apps a on a.id = x.app_id{}", filter.text());
    let total = database.fetch_one(format!("select count(*) as total {from}"), filter.args()).await?.get("total")?;
    let direction = if descending { " desc" } else { "" };
    let sql = format!(
        "select a.id, a.uuid, a.name, a.bundle_id, a.version, a.kind, a.size_mb, x.status, x.reason, \
         x.installed_version, x.updated_at {from} order by lower(a.name){direction}, a.id{}",
        page.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

/// Apps that at least one of the devices has in some state: UUID and name.
pub(crate) async fn of_devices(database: &Database, devices: &[i64]) -> Result<Vec<(Uuid, String)>, Error> {
    let mut found = std::collections::BTreeMap::new();
    for chunk in devices.chunks(500) {
        let mut filter = Filter::default();
        filter.one_of("x.device_id", chunk.iter().copied());
        let sql = format!(
            "select distinct a.id as id, a.uuid as uuid, a.name as name from device_apps x \
             join apps a on a.id = x.app_id{} order by id",
            filter.text()
        );
        for row in database.fetch(sql, filter.args()).await? {
            found.insert(row.get::<i64>("id")?, (row.get("uuid")?, row.get("name")?));
        }
    }
    Ok(found.into_values().collect())
}

/// Whether there is an app of a bundle id, and a version.
pub(crate) async fn is_known(database: &Database, bundle_id: &str) -> Result<bool, Error> {
    let sql = "select 1 as found from apps where lower(bundle_id) = lower($1) limit 1";
    Ok(database.fetch_optional(sql, args![bundle_id]).await?.is_some())
}
