//! What callers change about a device.

use muster_model::ids::DeviceId;
use muster_model::words::{EnrollmentStatus, Ownership};
use muster_store::{Error, Transaction, args};

use super::super::filter::Filter;
use super::row::Record;

/// Puts devices into a state of their enrollment.
pub(crate) async fn set_enrollment(tx: &mut Transaction, ids: &[i64], status: &EnrollmentStatus) -> Result<(), Error> {
    for chunk in ids.chunks(500) {
        let mut filter = Filter::default();
        let status = filter.arg(status.as_str());
        filter.one_of("id", chunk.iter().copied());
        tx.execute(format!("update devices set enrollment_status = {status}{}", filter.text()), filter.args()).await?;
    }
    Ok(())
}

/// Fields that callers may set; `None` leaves one as it is.
#[derive(Debug, Default)]
pub(crate) struct Edit {
    pub(crate) friendly_name: Option<String>,
    pub(crate) asset_number: Option<String>,
    pub(crate) ownership: Option<Ownership>,
}

/// Edits a device; tells whether there is one.
pub(crate) async fn edit(tx: &mut Transaction, id: DeviceId, edit: &Edit) -> Result<bool, Error> {
    let sql = "update devices set friendly_name = coalesce($2, friendly_name), \
               asset_number = coalesce($3, asset_number), ownership = coalesce($4, ownership) where id = $1";
    let ownership = edit.ownership.as_ref().map(Ownership::as_str);
    let args = args![id.0, edit.friendly_name.as_deref(), edit.asset_number.as_deref(), ownership];
    Ok(tx.execute(sql, args).await? > 0)
}

/// Moves a device to another organization group.
pub(crate) async fn move_to(tx: &mut Transaction, id: i64, group: i64) -> Result<(), Error> {
    tx.execute("update devices set organization_group_id = $2 where id = $1", args![id, group]).await.map(|_| ())
}

/// Hands a device to another user.
pub(crate) async fn set_user(tx: &mut Transaction, id: i64, user: i64) -> Result<(), Error> {
    tx.execute("update devices set user_id = $2 where id = $1", args![id, user]).await.map(|_| ())
}

/// Settings that callers may give a device; `None` leaves one as it is.
#[derive(Debug, Default)]
pub(crate) struct SettingsEdit {
    pub(crate) computer_sid: Option<String>,
    pub(crate) bluetooth: Option<bool>,
    pub(crate) data_roaming: Option<bool>,
    pub(crate) voice_roaming: Option<bool>,
    pub(crate) personal_hotspot: Option<bool>,
}

/// Keeps settings of a device.
pub(crate) async fn settle(tx: &mut Transaction, id: i64, edit: &SettingsEdit) -> Result<(), Error> {
    tx.execute(
        "insert into device_settings (device_id, computer_sid, bluetooth, data_roaming, voice_roaming, \
         personal_hotspot) values ($1, $2, $3, $4, $5, $6) on conflict (device_id) do update set \
         computer_sid = coalesce(excluded.computer_sid, device_settings.computer_sid), \
         bluetooth = coalesce(excluded.bluetooth, device_settings.bluetooth), \
         data_roaming = coalesce(excluded.data_roaming, device_settings.data_roaming), \
         voice_roaming = coalesce(excluded.voice_roaming, device_settings.voice_roaming), \
         personal_hotspot = coalesce(excluded.personal_hotspot, device_settings.personal_hotspot)",
        args![
            id,
            edit.computer_sid.as_deref(),
            edit.bluetooth,
            edit.data_roaming,
            edit.voice_roaming,
            edit.personal_hotspot
        ],
    )
    .await
    .map(|_| ())
}

/// What goes with a device that is removed. Its commands and its log stay: they are the ledger of what was done.
const PARTS: [&str; 8] = [
    "device_profiles",
    "device_tags",
    "device_compliance",
    "device_apps",
    "device_notes",
    "device_attributes",
    "device_attribute_changes",
    "device_settings",
];

/// Removes a device for good: it is in no search any more and nothing reaches it.
pub(crate) async fn remove(tx: &mut Transaction, device: &Record, now: jiff::Timestamp) -> Result<(), Error> {
    for table in PARTS {
        tx.execute(format!("delete from {table} where device_id = $1"), args![device.id]).await?;
    }
    tx.execute("delete from object_links where from_uuid = $1 or to_uuid = $1", args![device.uuid]).await?;
    let sql = "update commands set status = 'Cancelled', reason = 'The device was deleted', finished_at = $2 \
               where device_id = $1 and status in ('Queued', 'Sent', 'NotNow')";
    tx.execute(sql, args![device.id, now]).await?;
    tx.execute("delete from devices where id = $1", args![device.id]).await.map(|_| ())
}

/// A sample of a device that somebody else than its agent took; `None` leaves a value as it is.
#[derive(Debug, Default)]
pub(crate) struct Report<'a> {
    pub(crate) battery_percent: Option<i64>,
    pub(crate) available_gb: Option<f64>,
    pub(crate) os_version: Option<&'a str>,
    pub(crate) os_build: Option<&'a str>,
    pub(crate) phone_number: Option<&'a str>,
}

pub(crate) async fn report(tx: &mut Transaction, id: i64, report: &Report<'_>) -> Result<(), Error> {
    let sql = "update devices set battery_percent = coalesce($2, battery_percent), \
               available_gb = coalesce($3, available_gb), os_version = coalesce($4, os_version), \
               os_build = coalesce($5, os_build), phone_number = coalesce($6, phone_number) where id = $1";
    let values =
        args![id, report.battery_percent, report.available_gb, report.os_version, report.os_build, report.phone_number];
    tx.execute(sql, values).await.map(|_| ())
}
