//! How far apps and profiles have come on the devices that are to have them.

use std::collections::BTreeMap;

use muster_store::{Database, Error};
use uuid::Uuid;

use super::filter::Filter;
use super::scope::Scope;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    App,
    Profile,
}

impl Kind {
    pub(crate) fn named(word: &str) -> Option<Self> {
        match word.to_lowercase().as_str() {
            "application" | "app" | "apps" => Some(Self::App),
            "profile" | "profiles" => Some(Self::Profile),
            _ => None,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::App => "Application",
            Self::Profile => "Profile",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Deployed {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) platform: String,
    pub(crate) group_name: String,
}

/// What a scope has, by name.
pub(crate) async fn list(
    database: &Database,
    kind: Kind,
    text: Option<&str>,
    scope: &Scope,
) -> Result<Vec<Deployed>, Error> {
    let mut filter = Filter::default();
    if let Some(text) = text {
        filter.contains("x.name", text);
    }
    filter.within("x.organization_group_id", scope);
    let table = match kind {
        Kind::App => "apps",
        Kind::Profile => "profiles",
    };
    let sql = format!(
        "select x.id, x.uuid, x.name, cast(x.version as text) as version, x.platform, g.name as group_name \
         from {table} x left join organization_groups g on g.id = x.organization_group_id{} \
         order by lower(x.name), x.id",
        filter.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    let read = |row: &muster_store::Row| {
        Ok(Deployed {
            id: row.get("id")?,
            uuid: row.get("uuid")?,
            name: row.get("name")?,
            version: row.get("version")?,
            platform: row.get("platform")?,
            group_name: row.get::<Option<String>>("group_name")?.unwrap_or_default(),
        })
    };
    rows.iter().map(read).collect()
}

/// Devices with one status and one reason for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) status: String,
    pub(crate) reason: String,
    pub(crate) devices: i64,
}

fn of(kind: Kind, id: i64, scope: &Scope) -> (&'static str, &'static str, Filter) {
    let mut filter = Filter::default();
    let (table, column, reason) = match kind {
        Kind::App => ("device_apps", "x.app_id", "x.reason"),
        Kind::Profile => ("device_profiles", "x.profile_id", "x.status"),
    };
    filter.equal(column, id);
    filter.within("d.organization_group_id", scope);
    (table, reason, filter)
}

/// How many devices stand where, and why.
pub(crate) async fn counts(database: &Database, kind: Kind, id: i64, scope: &Scope) -> Result<Vec<Count>, Error> {
    let (table, reason, filter) = of(kind, id, scope);
    let sql = format!(
        "select x.status, {reason} as reason, count(*) as devices from {table} x join devices d on d.id = x.device_id{} \
         group by x.status, {reason} order by x.status, reason",
        filter.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    let read = |row: &muster_store::Row| {
        let (status, reason): (String, String) = (row.get("status")?, row.get("reason")?);
        let reason = if reason.is_empty() { status.clone() } else { reason };
        Ok(Count { status, reason, devices: row.get("devices")? })
    };
    rows.iter().map(read).collect()
}

/// How many devices were done by the end of each day, for the days on which that changed.
pub(crate) async fn progress(
    database: &Database,
    kind: Kind,
    id: i64,
    scope: &Scope,
) -> Result<Vec<(String, i64)>, Error> {
    let (table, _, filter) = of(kind, id, scope);
    let sql = format!(
        "select x.updated_at from {table} x join devices d on d.id = x.device_id{} \
         and x.status in ('Installed', 'ConfirmedInstall')",
        filter.text()
    );
    let mut days: BTreeMap<String, i64> = BTreeMap::new();
    for row in database.fetch(sql, filter.args()).await? {
        let at: jiff::Timestamp = row.get("updated_at")?;
        *days.entry(at.strftime("%Y-%m-%dT00:00:00.000").to_string()).or_default() += 1;
    }
    let mut sum = 0;
    let summed = days.into_iter().map(|(day, count)| {
        sum += count;
        (day, sum)
    });
    Ok(summed.collect())
}
