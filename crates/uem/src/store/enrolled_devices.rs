//! Enrolled devices as registration looks at them.

use std::collections::HashSet;

use jiff::Timestamp;
use muster_store::{Database, Error, Row};

use super::filter::Filter;
use super::scope::Scope;

/// Which enrolled devices are wanted; spans of time have ends that may be open.
#[derive(Debug, Default)]
pub(crate) struct Enrolled<'a> {
    /// Owned by one of these organization groups; none are no condition.
    pub(crate) groups: &'a [i64],
    pub(crate) platform: Option<&'a str>,
    pub(crate) serial_number: Option<&'a str>,
    pub(crate) seen: (Option<Timestamp>, Option<Timestamp>),
    pub(crate) enrolled: (Option<Timestamp>, Option<Timestamp>),
}

/// An enrolled device in few words.
#[derive(Debug)]
pub(crate) struct EnrolledDevice {
    pub(crate) id: i64,
    pub(crate) friendly_name: String,
    pub(crate) serial_number: String,
    pub(crate) asset_number: String,
    pub(crate) platform: String,
    pub(crate) user_name: String,
    pub(crate) group: String,
    pub(crate) last_seen_at: Timestamp,
    pub(crate) enrolled_at: Timestamp,
}

/// Enrolled devices, by id.
pub(crate) async fn search(
    database: &Database,
    wanted: &Enrolled<'_>,
    scope: &Scope,
) -> Result<Vec<EnrolledDevice>, Error> {
    let mut filter = Filter::default();
    filter.equal("d.enrollment_status", "Enrolled");
    filter.one_of("d.organization_group_id", wanted.groups.iter().copied());
    for (column, text) in [("d.platform", wanted.platform), ("d.serial_number", wanted.serial_number)] {
        if let Some(text) = text {
            let text = filter.arg(text);
            filter.and(format!("lower({column}) = lower({text})"));
        }
    }
    for (column, (since, till)) in [("d.last_seen_at", wanted.seen), ("d.enrolled_at", wanted.enrolled)] {
        for (sign, end) in [(">=", since), ("<=", till)] {
            if let Some(end) = end {
                let end = filter.arg(end);
                filter.and(format!("{column} {sign} {end}"));
            }
        }
    }
    filter.within("d.organization_group_id", scope);
    let sql = format!(
        "select d.id, d.friendly_name, d.serial_number, d.asset_number, d.platform, u.username, o.group_id, \
         d.last_seen_at, d.enrolled_at from devices d left join users u on u.id = d.user_id \
         left join organization_groups o on o.id = d.organization_group_id{} order by d.id",
        filter.text()
    );
    let read = |row: &Row| {
        Ok(EnrolledDevice {
            id: row.get("id")?,
            friendly_name: row.get("friendly_name")?,
            serial_number: row.get("serial_number")?,
            asset_number: row.get("asset_number")?,
            platform: row.get("platform")?,
            user_name: row.get::<Option<String>>("username")?.unwrap_or_default(),
            group: row.get::<Option<String>>("group_id")?.unwrap_or_default(),
            last_seen_at: row.get("last_seen_at")?,
            enrolled_at: row.get("enrolled_at")?,
        })
    };
    database.fetch(sql, filter.args()).await?.iter().map(read).collect()
}

/// Those of some serial numbers, in lower case, of which a device is enrolled.
pub(crate) async fn serials(database: &Database, serials: &[&str]) -> Result<HashSet<String>, Error> {
    let mut found = HashSet::new();
    let asked: Vec<String> =
        serials.iter().filter(|serial| !serial.is_empty()).map(|serial| serial.to_lowercase()).collect();
    for part in asked.chunks(500) {
        let mut filter = Filter::default();
        filter.one_of("lower(serial_number)", part.iter().map(String::as_str));
        filter.equal("enrollment_status", "Enrolled");
        let sql = format!("select lower(serial_number) as serial from devices{}", filter.text());
        for row in database.fetch(sql, filter.args()).await? {
            found.insert(row.get("serial")?);
        }
    }
    Ok(found)
}
