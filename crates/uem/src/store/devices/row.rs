//! A device as its row has it: what callers of version 1 read, and what other answers are made from besides.

use jiff::Timestamp;
use muster_model::devices::Device;
use muster_model::ids::{DeviceId, RecordId, Reference, Wrapped};
use muster_model::record::Members;
use muster_model::words::{ComplianceStatus, EnrollmentStatus, Ownership, Platform};
use muster_model::{Stamp, Text};
use muster_store::{Error, Row};
use uuid::Uuid;

pub(super) const COLUMNS: &str = "d.id, d.uuid, d.udid, d.serial_number, d.imei, d.mac_address, d.asset_number, \
    d.friendly_name, d.reported_name, d.organization_group_id, d.user_id, d.platform, d.model, d.os_version, \
    d.os_build, d.ownership, d.phone_number, d.enrollment_status, d.enrolled_at, d.last_seen_at, \
    d.compliance_status, d.compliance_checked_at, d.compromised, d.encrypted, d.supervised, d.battery_percent, \
    d.capacity_gb, d.available_gb, d.memory_mb, u.uuid as user_uuid, u.username, u.first_name, u.last_name, u.email, \
    g.uuid as group_uuid, g.name as group_name";
pub(super) const TABLES: &str = "devices d left join users u on u.id = d.user_id \
    left join organization_groups g on g.id = d.organization_group_id";
/// What a [`Record`] has besides.
pub(super) const MORE_COLUMNS: &str = "d.passcode_present, d.passcode_compliant, d.checkins, d.next_checkin_at, \
    s.computer_sid, s.bluetooth, s.data_roaming, s.voice_roaming, s.personal_hotspot";
pub(super) const MORE_TABLES: &str = "left join device_settings s on s.device_id = d.id";

/// A device with everything that the tenant knows from its last sample.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) group: i64,
    pub(crate) group_uuid: Option<Uuid>,
    pub(crate) user: i64,
    pub(crate) user_uuid: Option<Uuid>,
    pub(crate) enrolled_at: Timestamp,
    pub(crate) seen_at: Timestamp,
    pub(crate) encrypted: bool,
    pub(crate) passcode_present: bool,
    pub(crate) passcode_compliant: bool,
    /// −1 for a device that does not tell.
    pub(crate) battery_percent: i64,
    /// How often it has been heard from.
    pub(crate) checkins: i64,
    pub(crate) settings: Settings,
    /// As version 1 shows it.
    pub(crate) device: Device,
}

/// What callers have set on a device; `None` was never set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) computer_sid: Option<String>,
    pub(crate) bluetooth: Option<bool>,
    pub(crate) data_roaming: Option<bool>,
    pub(crate) voice_roaming: Option<bool>,
    pub(crate) personal_hotspot: Option<bool>,
}

impl Record {
    /// Whether the tenant still manages it, and so has samples of it.
    pub(crate) fn is_managed(&self) -> bool {
        matches!(
            self.device.enrollment_status,
            EnrollmentStatus::Enrolled | EnrollmentStatus::EnterpriseWipePending | EnrollmentStatus::DeviceWipePending
        )
    }

    /// The reference by which other rows name it.
    pub(crate) fn reference(&self) -> Reference {
        reference(self.id, self.device.device_friendly_name.clone(), Some(self.uuid))
    }
}

pub(super) fn record(row: &Row) -> Result<Record, Error> {
    Ok(Record {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        group: row.get("organization_group_id")?,
        group_uuid: row.get("group_uuid")?,
        user: row.get("user_id")?,
        user_uuid: row.get("user_uuid")?,
        enrolled_at: row.get("enrolled_at")?,
        seen_at: row.get("last_seen_at")?,
        encrypted: row.get("encrypted")?,
        passcode_present: row.get("passcode_present")?,
        passcode_compliant: row.get("passcode_compliant")?,
        battery_percent: row.get("battery_percent")?,
        checkins: row.get("checkins")?,
        settings: Settings {
            computer_sid: row.get("computer_sid")?,
            bluetooth: row.get("bluetooth")?,
            data_roaming: row.get("data_roaming")?,
            voice_roaming: row.get("voice_roaming")?,
            personal_hotspot: row.get("personal_hotspot")?,
        },
        device: device(row)?,
    })
}

pub(super) fn device(row: &Row) -> Result<Device, Error> {
    let text = |column: &str| row.get::<String>(column).map(Text::from);
    let moment = |column: &str| Ok::<_, Error>(row.get::<Option<Timestamp>>(column)?.map(Stamp));
    let outer = |column: &str| Ok::<_, Error>(Text::from(row.get::<Option<String>>(column)?.unwrap_or_default()));
    let (platform, model) = (Platform::from(text("platform")?.as_str()), text("model")?);
    let group_name = outer("group_name")?;
    let user_uuid: Option<Uuid> = row.get("user_uuid")?;
    let battery: i64 = row.get("battery_percent")?;
    let mut other = Members::new();
    if let Some(uuid) = user_uuid {
        other.insert("EnrollmentUserUuid".to_owned(), uuid.to_string().into());
    }
    Ok(Device {
        id: Wrapped(DeviceId(row.get("id")?)),
        uuid: Some(row.get("uuid")?),
        udid: text("udid")?,
        serial_number: text("serial_number")?,
        mac_address: text("mac_address")?,
        imei: text("imei")?,
        asset_number: text("asset_number")?,
        device_friendly_name: text("friendly_name")?,
        device_reported_name: text("reported_name")?,
        location_group_id: reference(row.get("organization_group_id")?, group_name.clone(), row.get("group_uuid")?),
        location_group_name: group_name,
        user_id: reference(
            row.get("user_id")?,
            format!("{} {}", outer("first_name")?, outer("last_name")?).trim().into(),
            user_uuid,
        ),
        user_name: outer("username")?,
        user_email_address: outer("email")?,
        ownership: Ownership::from(text("ownership")?.as_str()),
        platform_id: reference(platform.number().unwrap_or_default(), platform.as_str().into(), None),
        model_id: reference(model_number(&platform, &model), model.clone(), None),
        platform,
        model,
        operating_system: text("os_version")?,
        os_build_version: text("os_build")?,
        phone_number: text("phone_number")?,
        last_seen: moment("last_seen_at")?,
        enrollment_status: EnrollmentStatus::from(text("enrollment_status")?.as_str()),
        compliance_status: ComplianceStatus::from(text("compliance_status")?.as_str()),
        compromised_status: row.get("compromised")?,
        last_enrolled_on: moment("enrolled_at")?,
        last_compliance_check_on: moment("compliance_checked_at")?,
        last_compromised_check_on: moment("last_seen_at")?,
        is_supervised: row.get("supervised")?,
        data_encryption_yn: if row.get("encrypted")? { "Y" } else { "N" }.into(),
        battery_level: if battery < 0 { Text::default() } else { format!("{battery}%").into() },
        device_capacity: row.get("capacity_gb")?,
        available_device_capacity: row.get("available_gb")?,
        total_physical_memory: row.get("memory_mb")?,
        tags: None,
        other,
    })
}

fn reference(id: i64, name: Text, uuid: Option<Uuid>) -> Reference {
    Reference { id: Wrapped(RecordId(id)), name, uuid }
}

/// The numbers that are on record (reference §1.11); 0 for a family without one.
fn model_number(platform: &Platform, model: &str) -> i64 {
    match platform {
        Platform::Apple if model.starts_with("iPad") => 2,
        Platform::Apple if model.starts_with("iPod") => 3,
        Platform::Apple => 1,
        Platform::Android => 5,
        Platform::WinRt => 83,
        _ => 0,
    }
}
