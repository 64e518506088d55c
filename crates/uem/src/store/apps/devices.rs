//! What became of apps on devices: lists and counts.

use jiff::Timestamp;
use muster_model::words::InstallStatus;
use muster_store::{Database, Error, Row, args};
use uuid::Uuid;

use super::reach;
use crate::store::filter::Filter;
use crate::store::page::Page;
use crate::store::scope::Scope;

/// An app on a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AppOnDevice {
    pub(crate) device: i64,
    pub(crate) device_uuid: Uuid,
    pub(crate) friendly_name: String,
    pub(crate) ownership: String,
    pub(crate) enrollment: String,
    pub(crate) last_seen_at: Timestamp,
    pub(crate) user: i64,
    pub(crate) username: String,
    pub(crate) app: i64,
    pub(crate) app_uuid: Uuid,
    pub(crate) app_name: String,
    pub(crate) version: String,
    pub(crate) assigned: bool,
    /// `Installed`, `Failed`, `Pending`, `NotInstalled`, `PendingRemoval` or `RemovalHeld`.
    pub(crate) status: String,
    pub(crate) reason: String,
    pub(crate) installed_version: String,
    pub(crate) updated_at: Timestamp,
}

impl AppOnDevice {
    /// What the device has now; what is to be removed is still there.
    pub(crate) fn installed_status(&self) -> InstallStatus {
        if self.is_present() { InstallStatus::Installed } else { InstallStatus::from(self.status.as_str()) }
    }

    pub(crate) fn is_present(&self) -> bool {
        matches!(self.status.as_str(), "Installed" | "PendingRemoval" | "RemovalHeld")
    }
}

/// Which rows are listed; the default is all.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) apps: Vec<i64>,
    /// Devices of this organization group and those below.
    pub(crate) group: Option<i64>,
    /// Criteria of smart groups, of which one has to describe the device.
    pub(crate) criteria: Option<Vec<String>>,
    pub(crate) device: Option<i64>,
    pub(crate) text: Option<&'a str>,
    pub(crate) assigned: Option<bool>,
    pub(crate) installed: Option<bool>,
    /// Words of `device_apps.status`.
    pub(crate) statuses: Vec<&'a str>,
    /// Order by a column, and whether it is turned around.
    pub(crate) order: Option<(&'static str, bool)>,
}

fn condition(wanted: &Wanted<'_>, scope: &Scope) -> Filter {
    let mut filter = Filter::default();
    if wanted.apps.is_empty() {
        filter.and("a.kind <> ''");
    }
    filter.one_of("x.app_id", wanted.apps.iter().copied());
    if let Some(group) = wanted.group {
        reach::below(&mut filter, group);
    }
    if let Some(criteria) = &wanted.criteria {
        let any = reach::any(&mut filter, criteria).unwrap_or_else(|| "1 = 0".to_owned());
        filter.and(any);
    }
    if let Some(device) = wanted.device {
        filter.equal("x.device_id", device);
    }
    if let Some(text) = wanted.text {
        filter.contains("d.friendly_name", text);
    }
    if let Some(assigned) = wanted.assigned {
        filter.equal("x.assigned", assigned);
    }
    if let Some(installed) = wanted.installed {
        let not = if installed { "" } else { "not " };
        filter.and(format!("x.status {not}in {}", super::PRESENT));
    }
    filter.one_of("x.status", wanted.statuses.iter().copied());
    filter.within("d.organization_group_id", scope);
    // What a group above installs on a device of ours is that group's business.
    filter.within("a.organization_group_id", scope);
    filter
}

const FROM: &str = "from device_apps x join devices d on d.id = x.device_id join apps a on a.id = x.app_id";

/// One page of rows, and how many there are.
pub(crate) async fn list(
    database: &Database,
    wanted: &Wanted<'_>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<AppOnDevice>, u64), Error> {
    let filter = condition(wanted, scope);
    let where_ = filter.text();
    let count = format!("select count(*) as total {FROM}{where_}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let order = wanted
        .order
        .map_or_else(String::new, |(column, down)| format!("{column}{}, ", if down { " desc" } else { "" }));
    let sql = format!(
        "select d.id, d.uuid, d.friendly_name, d.ownership, d.enrollment_status, d.last_seen_at, coalesce(d.user_id, 0) as user_id, \
         coalesce(u.username, '') as username, a.id as app, a.uuid as app_uuid, a.name as app_name, a.version, \
         x.assigned, x.status, x.reason, x.installed_version, x.updated_at {FROM} \
         left join users u on u.id = d.user_id{where_} order by {order}d.id, a.id{}",
        page.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

fn read(row: &Row) -> Result<AppOnDevice, Error> {
    Ok(AppOnDevice {
        device: row.get("id")?,
        device_uuid: row.get("uuid")?,
        friendly_name: row.get("friendly_name")?,
        ownership: row.get("ownership")?,
        enrollment: row.get("enrollment_status")?,
        last_seen_at: row.get("last_seen_at")?,
        user: row.get("user_id")?,
        username: row.get("username")?,
        app: row.get("app")?,
        app_uuid: row.get("app_uuid")?,
        app_name: row.get("app_name")?,
        version: row.get("version")?,
        assigned: row.get("assigned")?,
        status: row.get("status")?,
        reason: row.get("reason")?,
        installed_version: row.get("installed_version")?,
        updated_at: row.get("updated_at")?,
    })
}

/// How many rows say the same, most first.
pub(crate) async fn count_by(
    database: &Database,
    column: Column,
    wanted: &Wanted<'_>,
    scope: &Scope,
) -> Result<Vec<(String, u64)>, Error> {
    let filter = condition(wanted, scope);
    let column = match column {
        Column::Status => "x.status",
        Column::Reason => "x.reason",
    };
    let sql = format!(
        "select {column} as word, count(*) as devices {FROM}{} group by {column} order by count(*) desc, {column}",
        filter.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    rows.iter().map(|row| Ok((row.get("word")?, row.get("devices")?))).collect()
}

/// By what rows are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Status,
    Reason,
}

/// How many rows there are.
pub(crate) async fn count(database: &Database, wanted: &Wanted<'_>, scope: &Scope) -> Result<u64, Error> {
    let filter = condition(wanted, scope);
    let sql = format!("select count(*) as total {FROM}{}", filter.text());
    database.fetch_one(sql, filter.args()).await?.get("total")
}

/// A device by one of its names: id, UUID, serial number, UDID or MAC address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Name<'a> {
    Id(i64),
    Uuid(Uuid),
    Serial(&'a str),
    Udid(&'a str),
    Mac(&'a str),
}

/// Id, UUID and enrollment status of a device of the scope; of several rows of one machine the newest.
pub(crate) async fn named(
    database: &Database,
    name: Name<'_>,
    scope: &Scope,
) -> Result<Option<(i64, Uuid, String)>, Error> {
    let mut filter = Filter::default();
    match name {
        Name::Id(id) => filter.equal("id", id),
        Name::Uuid(uuid) => filter.equal("uuid", uuid),
        Name::Serial(serial) => filter.equal("lower(serial_number)", serial.to_lowercase()),
        Name::Udid(udid) => filter.equal("lower(udid)", udid.to_lowercase()),
        Name::Mac(mac) => filter.equal("lower(mac_address)", mac.to_lowercase()),
    }
    filter.within("organization_group_id", scope);
    let sql = format!(
        "select id, uuid, enrollment_status from devices{} order by case when enrollment_status = 'Enrolled' \
         then 0 else 1 end, last_seen_at desc limit 1",
        filter.text()
    );
    let row = database.fetch_optional(sql, filter.args()).await?;
    row.map(|row| Ok((row.get("id")?, row.get("uuid")?, row.get("enrollment_status")?))).transpose()
}

/// Criteria of the smart groups of these UUIDs.
pub(crate) async fn criteria(database: &Database, groups: &[Uuid]) -> Result<Vec<String>, Error> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter::default();
    filter.one_of("uuid", groups.iter().map(Uuid::to_string));
    let sql = format!("select criteria from smart_groups{}", filter.text());
    database.fetch(sql, filter.args()).await?.iter().map(|row| row.get("criteria")).collect()
}

/// Licences of a purchased app that are in use.
pub(crate) async fn redeemed(database: &Database, app: i64) -> Result<u64, Error> {
    let sql = "select count(*) as total from device_apps where app_id = $1 and assigned = 1 \
               and status in ('Installed', 'Pending', 'PendingRemoval', 'RemovalHeld')";
    database.fetch_one(sql, args![app]).await?.get("total")
}
