//! Apps, their assignments, and what became of them on devices.

use jiff::Timestamp;
use muster_model::apps::{App, AppDetail, AppDevice, AssignedGroup};
use muster_model::ids::{AppId, DeviceId, SmartGroupId, Wrapped};
use muster_model::words::{InstallStatus, Platform};
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

use super::filter::Filter;
use super::page::Page;
use super::smart_groups;

const COLUMNS: &str = "a.id, a.uuid, a.name, a.bundle_id, a.version, a.kind, a.platform, a.organization_group_id, \
    (select g.uuid from organization_groups g where g.id = a.organization_group_id) as group_uuid, \
    (select count(*) from device_apps x where x.app_id = a.id) as assigned, \
    (select count(*) from device_apps x where x.app_id = a.id and x.status = 'Installed') as installed, \
    (select count(*) from app_assignments x where x.app_id = a.id) as assignments";

/// One page of the apps whose name and bundle id contain the texts, and how many there are. An app of
/// exactly the name comes first.
pub(crate) async fn search(
    database: &Database,
    name: Option<&str>,
    bundle_id: Option<&str>,
    page: Page,
) -> Result<(Vec<App>, u64), Error> {
    let mut filter = Filter::default();
    if let Some(name) = name {
        filter.contains("a.name", name);
    }
    if let Some(bundle_id) = bundle_id {
        filter.contains("a.bundle_id", bundle_id);
    }
    let condition = filter.text();
    let count = format!("select count(*) as total from apps a{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let exact = filter.exact_first("a.name", name);
    let sql = format!("select {COLUMNS} from apps a{condition} order by {exact}a.id{}", page.text());
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

fn read(row: &Row) -> Result<App, Error> {
    let (assigned, installed): (u64, u64) = (row.get("assigned")?, row.get("installed")?);
    let assignments: u64 = row.get("assignments")?;
    Ok(App {
        id: Wrapped(AppId(row.get("id")?)),
        uuid: Some(row.get("uuid")?),
        application_name: row.get("name")?,
        bundle_id: row.get("bundle_id")?,
        app_version: row.get("version")?,
        app_type: row.get("kind")?,
        status: "Active".to_owned(),
        platform: Platform::from(row.get::<String>("platform")?.as_str()).number().unwrap_or_default(),
        assignment_status: if assignments > 0 { "Assigned" } else { "NotAssigned" }.to_owned(),
        location_group_id: row.get("organization_group_id")?,
        organization_group_uuid: row.get("group_uuid")?,
        assigned_device_count: assigned,
        installed_device_count: installed,
        not_installed_device_count: assigned.saturating_sub(installed),
        other: serde_json::Map::new(),
    })
}

/// One internal app with its assignments.
pub(crate) async fn internal(database: &Database, id: AppId) -> Result<Option<AppDetail>, Error> {
    let sql = format!("select {COLUMNS} from apps a where a.id = $1 and a.kind = 'Internal'");
    let Some(row) = database.fetch_optional(sql, args![id.0]).await? else { return Ok(None) };
    let app = read(&row)?;
    Ok(Some(AppDetail {
        application_name: app.application_name,
        app_id: app.bundle_id,
        airwatch_app_version: app.app_version,
        platform: row.get("platform")?,
        status: app.status,
        devices_assigned_count: app.assigned_device_count,
        devices_installed_count: app.installed_device_count,
        devices_not_installed_count: app.not_installed_device_count,
        assignments: assignments(database, id).await?,
        id,
        uuid: app.uuid,
    }))
}

/// Whether there is an app, and of which kind (`Internal`, `Public`).
pub(crate) async fn kind(database: &Database, id: AppId) -> Result<Option<String>, Error> {
    let row = database.fetch_optional("select kind from apps where id = $1", args![id.0]).await?;
    row.map(|row| row.get("kind")).transpose()
}

pub(crate) async fn id_of(database: &Database, uuid: Uuid) -> Result<Option<AppId>, Error> {
    let row = database.fetch_optional("select id from apps where uuid = $1", args![uuid]).await?;
    row.map(|row| row.get("id").map(AppId)).transpose()
}

pub(crate) async fn assignments(database: &Database, app: AppId) -> Result<Vec<AssignedGroup>, Error> {
    let sql = "select s.id, s.name, s.uuid, a.push_mode from app_assignments a \
               join smart_groups s on s.id = a.smart_group_id where a.app_id = $1 order by a.created_at, s.id";
    let read = |row: &Row| {
        Ok(AssignedGroup {
            smart_group_id: SmartGroupId(row.get("id")?),
            smart_group_name: row.get("name")?,
            smart_group_uuid: Some(row.get("uuid")?),
            push_mode: row.get("push_mode")?,
        })
    };
    database.fetch(sql, args![app.0]).await?.iter().map(read).collect()
}

/// Assigns an app to smart groups, beside those it has; an assignment that is there gets the new parameters.
pub(crate) async fn assign(
    tx: &mut Transaction,
    app: AppId,
    groups: &[SmartGroupId],
    push_mode: &str,
    parameters: &str,
    now: Timestamp,
) -> Result<(), Error> {
    for group in groups {
        tx.execute(
            "insert into app_assignments (app_id, smart_group_id, push_mode, parameters, created_at) \
             values ($1, $2, $3, $4, $5) on conflict (app_id, smart_group_id) \
             do update set push_mode = excluded.push_mode, parameters = excluded.parameters",
            args![app.0, group.0, push_mode, parameters, now],
        )
        .await?;
    }
    Ok(())
}

/// Whether an app is meant for a device: it has arrived there in some state, or it runs there and one of
/// the smart groups that it is assigned to describes the device.
pub(crate) async fn is_assigned(tx: &mut Transaction, app: AppId, device: DeviceId) -> Result<bool, Error> {
    let sql = "select 1 as found from device_apps where app_id = $1 and device_id = $2";
    if tx.fetch_optional(sql, args![app.0, device.0]).await?.is_some() {
        return Ok(true);
    }
    let criteria = smart_groups::of_app(tx, app.0).await?;
    let Some((any, mut filter)) = smart_groups::any_of(criteria.iter().map(String::as_str)) else { return Ok(false) };
    let (app, device) = (filter.arg(app.0), filter.arg(device.0));
    let sql = format!(
        "select 1 as found from devices d join apps a on a.platform in ('Any', d.platform) \
         where a.id = {app} and d.id = {device} and ({any})"
    );
    Ok(tx.fetch_optional(sql, filter.args()).await?.is_some())
}

/// An install that is asked for is pending from now on, whatever became of the last one, unless it has
/// succeeded or is running. It may be asked for before the assignment has reached the device.
pub(crate) async fn ask(tx: &mut Transaction, app: AppId, device: DeviceId, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "insert into device_apps (device_id, app_id, status, reason, installed_version, tries, updated_at, due_at) \
         values ($1, $2, 'Pending', 'Waiting for the device', '', 0, $3, null) on conflict (device_id, app_id) \
         do update set status = excluded.status, reason = excluded.reason, updated_at = excluded.updated_at \
         where device_apps.status <> 'Installed' and device_apps.due_at is null",
        args![device.0, app.0, now],
    )
    .await
    .map(|_| ())
}

/// One page of the devices that an app has arrived at in some state, and how many there are.
pub(crate) async fn devices(database: &Database, app: AppId, page: Page) -> Result<(Vec<AppDevice>, u64), Error> {
    let count = "select count(*) as total from device_apps where app_id = $1";
    let total = database.fetch_one(count, args![app.0]).await?.get("total")?;
    let sql = format!(
        "select d.id, d.uuid, d.friendly_name, a.version, x.status, x.reason, x.installed_version \
         from device_apps x join devices d on d.id = x.device_id join apps a on a.id = x.app_id \
         where x.app_id = $1 order by d.id{}",
        page.text()
    );
    let rows = database.fetch(sql, args![app.0]).await?;
    let read = |row: &Row| {
        Ok(AppDevice {
            device_id: DeviceId(row.get("id")?),
            device_uuid: Some(row.get("uuid")?),
            friendly_name: row.get("friendly_name")?,
            assigned_version: row.get("version")?,
            assignment_status: "Assigned".to_owned(),
            installed_status: InstallStatus::from(row.get::<String>("status")?.as_str()),
            installed_version: row.get("installed_version")?,
            latest_app_reason: row.get("reason")?,
        })
    };
    Ok((rows.iter().map(read).collect::<Result<_, Error>>()?, total))
}
