//! Devices as receivers of commands: many identifiers to devices in a few statements.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

use jiff::Timestamp;
use muster_model::words::{EnrollmentStatus, Ownership, Platform};
use muster_store::{Error, Transaction, args};
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::devices::Identifier;
use super::filter::Filter;
use super::rows::{self, Kind};
use super::scope::Scope;

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

impl Recipient {
    fn counts_before(&self, other: &Self) -> bool {
        let order = |one: &Self| (one.enrollment == EnrollmentStatus::Enrolled, one.last_seen, Reverse(one.id));
        order(self) > order(other)
    }
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
    let (engine, wanted) = (tx.engine(), keys.iter().flatten());
    let (column, listed, wanted) = match by {
        Identifier::Id => {
            let ids: Vec<i64> = wanted.filter_map(|key| key.parse().ok()).collect();
            ("d.id", rows::values(engine, "$1", Kind::Numbers), rows::argument(&ids))
        }
        _ => (column(by), rows::values(engine, "$1", Kind::Texts), rows::argument(&wanted.collect::<Vec<_>>())),
    };
    let mut filter = Filter::default();
    filter.and(format!("{column} in {listed}"));
    filter.within("d.organization_group_id", scope);
    let columns = format!(
        "{}, d.id, d.uuid, d.organization_group_id, d.friendly_name, d.platform, d.ownership, d.enrollment_status, \
         d.user_id, coalesce(u.username, ''), d.last_seen_at",
        self::column(by)
    );
    let sql = format!(
        "select {} from devices d left join users u on u.id = d.user_id{}",
        rows::answer(engine, &columns),
        filter.text()
    );
    let answer: String = tx.fetch_one(sql, args![wanted]).await?.get("answer")?;
    let mut found: HashMap<String, Recipient> = HashMap::new();
    for Known(key, recipient) in read(&answer)? {
        let entry = found.entry(key);
        match entry {
            Entry::Vacant(entry) => {
                entry.insert(recipient);
            }
            Entry::Occupied(mut entry) if recipient.counts_before(entry.get()) => {
                entry.insert(recipient);
            }
            Entry::Occupied(_) => {}
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

/// The device of an id, as far as sending it a command for itself needs to know it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Brief {
    pub(crate) group: i64,
    pub(crate) platform: Platform,
    pub(crate) enrollment: EnrollmentStatus,
}

/// The devices of ids, wherever they are.
pub(crate) async fn brief(tx: &mut Transaction, ids: &[i64]) -> Result<HashMap<i64, Brief>, Error> {
    let engine = tx.engine();
    let sql = format!(
        "select {} from devices d where d.id in {}",
        rows::answer(engine, "d.id, d.organization_group_id, d.platform, d.enrollment_status"),
        rows::values(engine, "$1", Kind::Numbers)
    );
    let answer: String = tx.fetch_one(sql, args![rows::argument(ids)]).await?.get("answer")?;
    let found: Vec<(i64, i64, String, String)> = parse(&answer)?;
    let read = |(id, group, platform, enrollment): (i64, i64, String, String)| {
        let (platform, enrollment) = (Platform::from(platform.as_str()), EnrollmentStatus::from(enrollment.as_str()));
        (id, Brief { group, platform, enrollment })
    };
    Ok(found.into_iter().map(read).collect())
}

/// By what a device was found, and the device.
struct Known(String, Recipient);

fn read(answer: &str) -> Result<Vec<Known>, Error> {
    type Columns = (String, i64, Uuid, i64, String, String, String, String, Option<i64>, String, i64);
    let found: Vec<Columns> = parse(answer)?;
    let read = |(known_by, id, uuid, group, name, platform, ownership, enrollment, user, username, seen): Columns| {
        let recipient = Recipient {
            id,
            uuid,
            group,
            name,
            platform: Platform::from(platform.as_str()),
            ownership: Ownership::from(ownership.as_str()),
            enrollment: EnrollmentStatus::from(enrollment.as_str()),
            user,
            username,
            last_seen: Timestamp::from_microsecond(seen).unwrap_or_default(),
        };
        Known(known_by, recipient)
    };
    Ok(found.into_iter().map(read).collect())
}

fn parse<T: DeserializeOwned>(answer: &str) -> Result<Vec<T>, Error> {
    let failed = |error: serde_json::Error| Error::Column { column: "answer".to_owned(), why: error.to_string() };
    serde_json::from_str(answer).map_err(failed)
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
