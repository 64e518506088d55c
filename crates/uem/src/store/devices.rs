//! Devices as callers see them: search, read, edit.

use jiff::Timestamp;
use muster_model::Stamp;
use muster_model::devices::Device;
use muster_model::ids::{DeviceId, RecordId, Reference, Wrapped};
use muster_model::words::{ComplianceStatus, EnrollmentStatus, Ownership, Platform};
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

use super::filter::Filter;
use super::page::Page;

/// What a search wants; `None` matches everything.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// Part of the user's name.
    pub(crate) user: Option<String>,
    /// Part of the model's name.
    pub(crate) model: Option<String>,
    pub(crate) platform: Option<Platform>,
    pub(crate) ownership: Option<Ownership>,
    /// An organization group: devices of it and of those below.
    pub(crate) group: Option<i64>,
    pub(crate) compliance: Option<ComplianceStatus>,
    pub(crate) seen_since: Option<Timestamp>,
    pub(crate) order: Order,
    pub(crate) descending: bool,
}

/// By what a search is sorted; devices that are equal in it come by id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Order {
    #[default]
    Id,
    Model,
    LastSeen,
    Ownership,
    Platform,
}

const COLUMNS: &str = "d.id, d.uuid, d.udid, d.serial_number, d.imei, d.mac_address, d.asset_number, d.friendly_name, \
    d.reported_name, d.organization_group_id, d.user_id, d.platform, d.model, d.os_version, d.os_build, d.ownership, \
    d.phone_number, d.enrollment_status, d.enrolled_at, d.last_seen_at, d.compliance_status, d.compliance_checked_at, \
    d.compromised, d.encrypted, d.supervised, d.battery_percent, d.capacity_gb, d.available_gb, d.memory_mb, \
    u.uuid as user_uuid, u.username, u.first_name, u.last_name, u.email, g.uuid as group_uuid, g.name as group_name";
const TABLES: &str = "devices d left join users u on u.id = d.user_id \
    left join organization_groups g on g.id = d.organization_group_id";

impl Wanted {
    fn filter(&self) -> Filter {
        let mut filter = Filter::default();
        if let Some(user) = &self.user {
            filter.contains("u.username", user);
        }
        if let Some(model) = &self.model {
            filter.contains("d.model", model);
        }
        if let Some(platform) = &self.platform {
            filter.equal("d.platform", platform.as_str());
        }
        if let Some(ownership) = &self.ownership {
            filter.equal("d.ownership", ownership.as_str());
        }
        if let Some(compliance) = &self.compliance {
            filter.equal("d.compliance_status", compliance.as_str());
        }
        if let Some(since) = self.seen_since {
            let since = filter.arg(since);
            filter.and(format!("d.last_seen_at >= {since}"));
        }
        if let Some(group) = self.group {
            let group = filter.arg(group);
            filter.and(format!(
                "d.organization_group_id in (with recursive below (id) as (select {group} union all \
                 select o.id from organization_groups o join below on o.parent_id = below.id) select id from below)"
            ));
        }
        filter
    }

    fn order(&self) -> String {
        let direction = if self.descending { " desc" } else { "" };
        let column = match self.order {
            Order::Id => return format!("d.id{direction}"),
            Order::Model => "d.model",
            Order::LastSeen => "d.last_seen_at",
            Order::Ownership => "d.ownership",
            Order::Platform => "d.platform",
        };
        format!("{column}{direction}, d.id")
    }
}

/// One page of the devices that match, and how many match.
pub(crate) async fn search(database: &Database, wanted: &Wanted, page: Page) -> Result<(Vec<Device>, u64), Error> {
    let filter = wanted.filter();
    let condition = filter.text();
    // Only a condition on the user needs the user's row to be counted.
    let counted = if wanted.user.is_some() { TABLES } else { "devices d" };
    let count = format!("select count(*) as total from {counted}{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let (order, limit) = (wanted.order(), page.text());
    let sql = format!("select {COLUMNS} from {TABLES}{condition} order by {order}{limit}");
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

/// An identifier by which one device is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identifier {
    Id,
    Uuid,
    SerialNumber,
    Udid,
    MacAddress,
    Imei,
}

/// The device with an identifier. Of several records (a re-enrolled device has more than one) the
/// enrolled one, and then the one seen last.
pub(crate) async fn find(database: &Database, by: Identifier, value: &str) -> Result<Option<Device>, Error> {
    let mut filter = Filter::default();
    match by {
        Identifier::Id => match value.parse::<i64>() {
            Ok(id) => filter.equal("d.id", id),
            Err(_) => return Ok(None),
        },
        Identifier::Uuid => filter.equal("d.uuid", value.to_ascii_lowercase()),
        Identifier::SerialNumber => filter.equal("d.serial_number", value),
        Identifier::Udid => filter.equal("d.udid", value),
        Identifier::Imei => filter.equal("d.imei", value),
        Identifier::MacAddress => {
            let bare: String = value.chars().filter(|char| char.is_ascii_alphanumeric()).collect();
            let bare = filter.arg(bare);
            filter.and(format!("lower(d.mac_address) = lower({bare})"));
        }
    }
    let sql = format!(
        "select {COLUMNS} from {TABLES}{} order by case when d.enrollment_status = 'Enrolled' then 0 else 1 end, \
         d.last_seen_at desc, d.id limit 1",
        filter.text()
    );
    database.fetch_optional(sql, filter.args()).await?.as_ref().map(read).transpose()
}

/// The device with an id.
pub(crate) async fn get(database: &Database, id: DeviceId) -> Result<Option<Device>, Error> {
    find(database, Identifier::Id, &id.to_string()).await
}

/// Where a device stands in its enrollment; `None` if there is no such device.
pub(crate) async fn enrollment(tx: &mut Transaction, id: DeviceId) -> Result<Option<EnrollmentStatus>, Error> {
    let row = tx.fetch_optional("select enrollment_status from devices where id = $1", args![id.0]).await?;
    row.map(|row| Ok(EnrollmentStatus::from(row.get::<String>("enrollment_status")?.as_str()))).transpose()
}

pub(crate) async fn set_enrollment(tx: &mut Transaction, id: DeviceId, status: &EnrollmentStatus) -> Result<(), Error> {
    let sql = "update devices set enrollment_status = $2 where id = $1";
    tx.execute(sql, args![id.0, status.as_str()]).await.map(|_| ())
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

fn read(row: &Row) -> Result<Device, Error> {
    let text = |column: &str| row.get::<String>(column);
    let moment = |column: &str| Ok::<_, Error>(row.get::<Option<Timestamp>>(column)?.map(Stamp));
    let outer = |column: &str| Ok::<_, Error>(row.get::<Option<String>>(column)?.unwrap_or_default());
    let (platform, model) = (Platform::from(text("platform")?.as_str()), text("model")?);
    let group_name = outer("group_name")?;
    let user_uuid: Option<Uuid> = row.get("user_uuid")?;
    let battery: i64 = row.get("battery_percent")?;
    let mut other = serde_json::Map::new();
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
            format!("{} {}", outer("first_name")?, outer("last_name")?).trim().to_owned(),
            user_uuid,
        ),
        user_name: outer("username")?,
        user_email_address: outer("email")?,
        ownership: Ownership::from(text("ownership")?.as_str()),
        platform_id: reference(platform.number().unwrap_or_default(), platform.to_string(), None),
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
        data_encryption_yn: if row.get("encrypted")? { "Y" } else { "N" }.to_owned(),
        battery_level: if battery < 0 { String::new() } else { format!("{battery}%") },
        device_capacity: row.get("capacity_gb")?,
        available_device_capacity: row.get("available_gb")?,
        total_physical_memory: row.get("memory_mb")?,
        tags: None,
        other,
    })
}

fn reference(id: i64, name: String, uuid: Option<Uuid>) -> Reference {
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
