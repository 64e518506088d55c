//! One device by whatever identifies it.

use std::collections::HashMap;

use muster_model::ids::DeviceId;
use muster_store::{Database, Error, Transaction};

use super::super::filter::Filter;
use super::super::scope::Scope;
use super::row::{COLUMNS, MORE_COLUMNS, MORE_TABLES, Record, TABLES, record};

/// What identifies a device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Identifier {
    Id,
    Uuid,
    SerialNumber,
    Udid,
    MacAddress,
    Imei,
    /// By which a mail server knows it.
    EasId,
    AssetNumber,
    /// Any of the others that the hardware carries.
    Any,
}

/// What stands before the serial number in the id that a mail client gives itself.
const EAS_APPLE: &str = "Appl";
const EAS_ANDROID: &str = "androidc";

/// The id by which a mail server knows a device; only phones and tablets have one.
pub(crate) fn eas_id(device: &muster_model::devices::Device) -> String {
    use muster_model::words::Platform;
    match device.platform {
        Platform::Apple => format!("{EAS_APPLE}{}", device.serial_number),
        Platform::Android => format!("{EAS_ANDROID}{}", device.serial_number),
        _ => String::new(),
    }
}

fn bare_mac(value: &str) -> String {
    let digits = value.chars().filter(char::is_ascii_alphanumeric);
    digits.map(|digit| digit.to_ascii_uppercase()).collect()
}

impl Identifier {
    const OF_HARDWARE: [Self; 5] = [Self::SerialNumber, Self::Udid, Self::Imei, Self::MacAddress, Self::Uuid];

    /// Adds what must hold for a device of any of the values; `false` if no value can be one of a device.
    fn condition(self, filter: &mut Filter, values: &[&str]) -> bool {
        // Nothing identifies nothing: half of the fleet has no IMEI.
        let values: Vec<&str> =
            values.iter().copied().filter(|value| value.chars().any(char::is_alphanumeric)).collect();
        let column = match self {
            Self::Id => {
                let ids: Vec<i64> = values.iter().filter_map(|value| value.trim().parse().ok()).collect();
                let some = !ids.is_empty();
                filter.one_of("d.id", ids);
                return some;
            }
            Self::Uuid => {
                filter.one_of("d.uuid", values.iter().map(|value| value.to_ascii_lowercase()));
                return !values.is_empty();
            }
            Self::MacAddress => {
                filter.one_of("d.mac_address", values.iter().map(|value| bare_mac(value)));
                return !values.is_empty();
            }
            Self::EasId => {
                let serials: Vec<&str> = values.iter().filter_map(|value| eas_serial(value)).collect();
                let some = !serials.is_empty();
                filter.one_of("d.serial_number", serials);
                filter.one_of("d.platform", ["Apple", "Android"]);
                return some;
            }
            Self::Any => {
                if values.is_empty() {
                    return false;
                }
                let parts = Self::OF_HARDWARE.map(|kind| {
                    filter.group(|filter| {
                        kind.condition(filter, &values);
                    })
                });
                filter.and(format!("({})", parts.join(" or ")));
                return true;
            }
            Self::SerialNumber => "d.serial_number",
            Self::Udid => "d.udid",
            Self::Imei => "d.imei",
            Self::AssetNumber => "d.asset_number",
        };
        let some = !values.is_empty();
        filter.one_of(column, values);
        some
    }

    /// Whether a value names this device.
    fn names(self, record: &Record, value: &str) -> bool {
        let device = &record.device;
        match self {
            Self::Id => value.trim().parse() == Ok(record.id),
            Self::Uuid => value.eq_ignore_ascii_case(&record.uuid.to_string()),
            Self::MacAddress => bare_mac(value) == bare_mac(&device.mac_address),
            Self::EasId => eas_serial(value) == Some(device.serial_number.as_str()),
            Self::SerialNumber => value == device.serial_number,
            Self::Udid => value == device.udid,
            Self::Imei => value == device.imei,
            Self::AssetNumber => value == device.asset_number,
            Self::Any => Self::OF_HARDWARE.iter().any(|kind| kind.names(record, value)),
        }
    }
}

fn eas_serial(value: &str) -> Option<&str> {
    value.strip_prefix(EAS_APPLE).or_else(|| value.strip_prefix(EAS_ANDROID)).filter(|serial| !serial.is_empty())
}

/// Of several records (a re-enrolled device has more than one) the enrolled one comes first, then the one seen last.
fn statement(by: Identifier, values: &[&str], scope: &Scope) -> Option<(String, Filter)> {
    let mut filter = Filter::default();
    if !by.condition(&mut filter, values) {
        return None;
    }
    filter.within("d.organization_group_id", scope);
    let sql = format!(
        "select {COLUMNS}, {MORE_COLUMNS} from {TABLES} {MORE_TABLES}{} \
         order by case when d.enrollment_status = 'Enrolled' then 0 else 1 end, d.last_seen_at desc, d.id",
        filter.text()
    );
    Some((sql, filter))
}

/// The device with an identifier.
pub(crate) async fn find(
    database: &Database,
    by: Identifier,
    value: &str,
    scope: &Scope,
) -> Result<Option<Record>, Error> {
    let Some((sql, filter)) = statement(by, &[value], scope) else { return Ok(None) };
    let sql = format!("{sql} limit 1");
    database.fetch_optional(sql, filter.args()).await?.as_ref().map(record).transpose()
}

/// The same inside a change.
pub(crate) async fn find_in(
    tx: &mut Transaction,
    by: Identifier,
    value: &str,
    scope: &Scope,
) -> Result<Option<Record>, Error> {
    let Some((sql, filter)) = statement(by, &[value], scope) else { return Ok(None) };
    let sql = format!("{sql} limit 1");
    tx.fetch_optional(sql, filter.args()).await?.as_ref().map(record).transpose()
}

/// Values that are looked up in one statement.
const AT_ONCE: usize = 400;

/// The devices of many identifiers, each beside the value that names it, in the order of the values; a value that
/// names none is left out.
pub(crate) async fn find_many<'a>(
    database: &Database,
    by: Identifier,
    values: &'a [String],
    scope: &Scope,
) -> Result<Vec<(&'a str, Record)>, Error> {
    let mut found: HashMap<&str, Record> = HashMap::new();
    for chunk in values.chunks(AT_ONCE) {
        let chunk: Vec<&str> = chunk.iter().map(String::as_str).collect();
        let Some((sql, filter)) = statement(by, &chunk, scope) else { continue };
        let records = database.fetch(sql, filter.args()).await?;
        let records = records.iter().map(record).collect::<Result<Vec<_>, _>>()?;
        for value in chunk {
            if let Some(record) = records.iter().find(|record| by.names(record, value)) {
                found.entry(value).or_insert_with(|| record.clone());
            }
        }
    }
    let mut ordered = Vec::new();
    for value in values {
        if let Some(record) = found.remove(value.as_str()) {
            ordered.push((value.as_str(), record));
        }
    }
    Ok(ordered)
}

/// The device with an id.
pub(crate) async fn get(database: &Database, id: DeviceId, scope: &Scope) -> Result<Option<Record>, Error> {
    find(database, Identifier::Id, &id.to_string(), scope).await
}
