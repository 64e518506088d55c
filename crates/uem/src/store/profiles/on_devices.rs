//! What has become of profiles on devices.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

use crate::store::filter::Filter;
use crate::store::page::Page;
use crate::store::scope::Scope;

/// A profile on a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OnDevice {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    pub(crate) group: i64,
    pub(crate) group_uuid: Option<Uuid>,
    pub(crate) group_name: String,
    pub(crate) assignment_type: String,
    pub(crate) status: String,
    /// That the device has or shall have.
    pub(crate) version: i64,
    /// The newest one.
    pub(crate) current_version: i64,
    pub(crate) updated_at: Timestamp,
}

/// One page of the profiles of a device, by id, and how many there are.
pub(crate) async fn of_device(database: &Database, device: i64, page: Page) -> Result<(Vec<OnDevice>, u64), Error> {
    let count = "select count(*) as total from device_profiles x join profiles p on p.id = x.profile_id \
                 where x.device_id = $1";
    let total = database.fetch_one(count, args![device]).await?.get("total")?;
    let sql = format!(
        "select p.id, p.uuid, p.name, p.organization_group_id, p.assignment_type, p.version as current_version, \
         x.status, x.version, x.updated_at, g.uuid as group_uuid, g.name as group_name \
         from device_profiles x join profiles p on p.id = x.profile_id \
         left join organization_groups g on g.id = p.organization_group_id \
         where x.device_id = $1 order by p.id{}",
        page.text()
    );
    let read = |row: &Row| {
        Ok(OnDevice {
            id: row.get("id")?,
            uuid: row.get("uuid")?,
            name: row.get("name")?,
            group: row.get("organization_group_id")?,
            group_uuid: row.get("group_uuid")?,
            group_name: row.get::<Option<String>>("group_name")?.unwrap_or_default(),
            assignment_type: row.get("assignment_type")?,
            status: row.get("status")?,
            version: row.get("version")?,
            current_version: row.get("current_version")?,
            updated_at: row.get("updated_at")?,
        })
    };
    let rows = database.fetch(sql, args![device]).await?;
    Ok((rows.iter().map(read).collect::<Result<_, Error>>()?, total))
}

/// Devices of a profile in some of the states.
pub(crate) async fn devices(
    database: &Database,
    profile: i64,
    statuses: &[&str],
    group: Option<i64>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<(i64, Uuid)>, u64), Error> {
    let mut filter = Filter::default();
    filter.equal("x.profile_id", profile);
    filter.one_of("x.status", statuses.iter().copied());
    if let Some(group) = group {
        super::below(&mut filter, "d.organization_group_id", group);
    }
    filter.within("d.organization_group_id", scope);
    let tables = format!("device_profiles x join devices d on d.id = x.device_id{}", filter.text());
    let count = format!("select count(*) as total from {tables}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let sql = format!("select d.id, d.uuid from {tables} order by d.id{}", page.text());
    let rows = database.fetch(sql, filter.args()).await?;
    let read = |row: &Row| Ok((row.get("id")?, row.get("uuid")?));
    Ok((rows.iter().map(read).collect::<Result<_, Error>>()?, total))
}

/// How many devices have a profile in each state.
pub(crate) async fn counts(database: &Database, profile: i64) -> Result<Vec<(String, u64)>, Error> {
    let sql = "select status, count(*) as devices from device_profiles where profile_id = $1 group by status";
    let rows = database.fetch(sql, args![profile]).await?;
    rows.iter().map(|row| Ok((row.get("status")?, row.get("devices")?))).collect()
}

/// The state of a profile on a device, if it is meant for the device.
pub(crate) async fn status(tx: &mut Transaction, profile: i64, device: i64) -> Result<Option<String>, Error> {
    let sql = "select status from device_profiles where profile_id = $1 and device_id = $2 and version > 0";
    tx.fetch_optional(sql, args![profile, device]).await?.map(|row| row.get("status")).transpose()
}

/// Has a device get a profile that is meant for it, or get rid of it, at its next check-in.
pub(crate) async fn order(
    tx: &mut Transaction,
    profile: i64,
    device: i64,
    install: bool,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "update device_profiles set status = $3, updated_at = $4 where profile_id = $1 and device_id = $2";
    let status = if install { "PendingInstall" } else { "PendingRemoval" };
    tx.execute(sql, args![profile, device, status, now]).await?;
    Ok(())
}

/// A device that something is asked of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Target {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) platform: String,
    pub(crate) is_enrolled: bool,
}

/// How a device is named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Named<'a> {
    Id(i64),
    Uuid(Uuid),
    Serial(&'a str),
    Mac(&'a str),
    Udid(&'a str),
}

/// The device of a name, if the scope has it. Of several with one serial number the enrolled one is taken.
pub(crate) async fn target(tx: &mut Transaction, named: Named<'_>, scope: &Scope) -> Result<Option<Target>, Error> {
    let mut filter = Filter::default();
    match named {
        Named::Id(id) => filter.equal("id", id),
        Named::Uuid(uuid) => filter.equal("uuid", uuid),
        Named::Serial(serial) => filter.equal("serial_number", serial),
        Named::Mac(address) => filter.equal("mac_address", address),
        Named::Udid(udid) => filter.equal("udid", udid),
    }
    filter.within("organization_group_id", scope);
    let sql = format!(
        "select id, uuid, platform, enrollment_status from devices{} \
         order by case when enrollment_status = 'Enrolled' then 0 else 1 end, id limit 1",
        filter.text()
    );
    let row = tx.fetch_optional(sql, filter.args()).await?;
    let read = |row: Row| {
        Ok(Target {
            id: row.get("id")?,
            uuid: row.get("uuid")?,
            platform: row.get("platform")?,
            is_enrolled: row.get::<String>("enrollment_status")? == "Enrolled",
        })
    };
    row.map(read).transpose()
}

/// A device in the list of those that a profile is meant for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceRow {
    pub(crate) device: i64,
    pub(crate) name: String,
    pub(crate) status: String,
    pub(crate) version: i64,
    pub(crate) updated_at: Timestamp,
}

/// One page of the devices of a profile, by id, and how many there are.
pub(crate) async fn rows(
    database: &Database,
    profile: i64,
    status: Option<&str>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<DeviceRow>, u64), Error> {
    let mut filter = Filter::default();
    filter.equal("x.profile_id", profile);
    filter.one_of("x.status", status);
    filter.within("d.organization_group_id", scope);
    let tables = format!("device_profiles x join devices d on d.id = x.device_id{}", filter.text());
    let total = database.fetch_one(format!("select count(*) as total from {tables}"), filter.args()).await?;
    let sql = format!(
        "select d.id, d.friendly_name, x.status, x.version, x.updated_at from {tables} order by d.id{}",
        page.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    let read = |row: &Row| {
        Ok(DeviceRow {
            device: row.get("id")?,
            name: row.get("friendly_name")?,
            status: row.get("status")?,
            version: row.get("version")?,
            updated_at: row.get("updated_at")?,
        })
    };
    Ok((rows.iter().map(read).collect::<Result<_, Error>>()?, total.get("total")?))
}
