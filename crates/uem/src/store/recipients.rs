//! Devices as receivers of commands: many identifiers to devices in a few statements.

use std::collections::HashMap;

use jiff::Timestamp;
use muster_model::words::{EnrollmentStatus, Ownership, Platform};
use muster_store::{Error, Row, Transaction};
use uuid::Uuid;

use super::devices::Identifier;
use super::filter::Filter;
use super::scope::Scope;

/// Identifiers that one statement looks up.
const CHUNK: usize = 500;

/// A device, as far as sending it something needs to know it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Recipient {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) group: i64,
    pub(crate) name: String,
    pub(crate) platform: Platform,
    pub(crate) ownership: Ownership,
    pub(crate) enrollment: EnrollmentStatus,
    pub(crate) user: Option<i64>,
    pub(crate) username: String,
    pub(crate) last_seen: Timestamp,
}

/// The device behind each identifier, `None` where nobody in the scope has it. Of several records of one device the
/// enrolled one counts, and then the one seen last.
pub(crate) async fn find(
    tx: &mut Transaction,
    by: Identifier,
    values: &[&str],
    scope: &Scope,
) -> Result<Vec<Option<Recipient>>, Error> {
    let keys: Vec<Option<String>> = values.iter().map(|value| key(by, value)).collect();
    let mut found: HashMap<String, Recipient> = HashMap::new();
    let wanted: Vec<&String> = keys.iter().flatten().collect();
    for chunk in wanted.chunks(CHUNK) {
        let mut filter = Filter::default();
        match by {
            Identifier::Id => filter.one_of("d.id", chunk.iter().filter_map(|key| key.parse::<i64>().ok())),
            _ => filter.one_of(column(by), chunk.iter().map(|key| key.as_str())),
        }
        filter.within("d.organization_group_id", scope);
        let sql = format!(
            "select {} as known_by, d.id, d.uuid, d.organization_group_id, d.friendly_name, d.platform, d.ownership, \
             d.enrollment_status, d.user_id, d.last_seen_at, u.username from devices d \
             left join users u on u.id = d.user_id{} \
             order by case when d.enrollment_status = 'Enrolled' then 0 else 1 end, d.last_seen_at desc, d.id",
            column(by),
            filter.text()
        );
        for row in tx.fetch(sql, filter.args()).await? {
            found.entry(row.get("known_by")?).or_insert(read(&row)?);
        }
    }
    Ok(keys.iter().map(|key| found.get(key.as_ref()?).cloned()).collect())
}

/// The device of one identifier.
pub(crate) async fn one(
    tx: &mut Transaction,
    by: Identifier,
    value: &str,
    scope: &Scope,
) -> Result<Option<Recipient>, Error> {
    Ok(find(tx, by, &[value], scope).await?.pop().flatten())
}

fn read(row: &Row) -> Result<Recipient, Error> {
    let word = |column: &str| row.get::<String>(column);
    Ok(Recipient {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        group: row.get("organization_group_id")?,
        name: word("friendly_name")?,
        platform: Platform::from(word("platform")?.as_str()),
        ownership: Ownership::from(word("ownership")?.as_str()),
        enrollment: EnrollmentStatus::from(word("enrollment_status")?.as_str()),
        user: row.get("user_id")?,
        username: row.get::<Option<String>>("username")?.unwrap_or_default(),
        last_seen: row.get("last_seen_at")?,
    })
}

/// A text expression over a row of `devices` with the alias `d`.
fn column(by: Identifier) -> &'static str {
    match by {
        Identifier::Id => "cast(d.id as text)",
        Identifier::Uuid => "d.uuid",
        Identifier::SerialNumber => "d.serial_number",
        Identifier::Udid => "d.udid",
        Identifier::MacAddress => "lower(d.mac_address)",
        Identifier::Imei => "d.imei",
        Identifier::AssetNumber => "d.asset_number",
        // The hardware's own number is the likeliest of all that it carries.
        Identifier::EasId | Identifier::Any => "d.serial_number",
    }
}

/// An identifier as [`column`] spells it; `None` if nothing can be known by it.
fn key(by: Identifier, value: &str) -> Option<String> {
    let value = value.trim();
    match by {
        Identifier::Id => value.parse::<i64>().ok().map(|id| id.to_string()),
        Identifier::Uuid => value.parse::<Uuid>().ok().map(|uuid| uuid.to_string()),
        Identifier::MacAddress => {
            let bare: String = value.chars().filter(char::is_ascii_alphanumeric).collect();
            Some(bare.to_ascii_lowercase()).filter(|bare| !bare.is_empty())
        }
        Identifier::EasId => {
            let serial = ["Appl", "androidc"].iter().find_map(|prefix| value.strip_prefix(prefix));
            serial.filter(|serial| !serial.is_empty()).map(str::to_owned)
        }
        _ => Some(value.to_owned()).filter(|value| !value.is_empty()),
    }
}

/// UUIDs of the enrolled devices of a group and those below it, of one platform or of models that begin so.
pub(crate) async fn of_group(
    tx: &mut Transaction,
    group: i64,
    platform: Option<Platform>,
    models: Option<&[&str]>,
) -> Result<Vec<Uuid>, Error> {
    let mut filter = Filter::default();
    filter.and("d.enrollment_status = 'Enrolled'");
    filter.below("d.organization_group_id", group);
    if let Some(platform) = platform {
        filter.equal("d.platform", platform.as_str());
    }
    if let Some(models) = models {
        let any: Vec<String> =
            models.iter().map(|model| format!("d.model like {}", filter.arg(format!("{model}%")))).collect();
        filter.and(format!("({})", any.join(" or ")));
    }
    let sql = format!("select d.uuid from devices d{} order by d.id", filter.text());
    tx.fetch(sql, filter.args()).await?.iter().map(|row| row.get("uuid")).collect()
}
