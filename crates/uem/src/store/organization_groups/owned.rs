//! What groups own: counted for those who look at the tree, and asked before one is removed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_store::{Database, Error, Transaction, args};

use super::Owned;
use crate::store::filter::Filter;

/// What each group owns by itself.
pub(super) async fn counts(database: &Database) -> Result<Vec<(i64, Owned)>, Error> {
    let sql = "select organization_group_id as id, 0 as users, 0 as admins, count(*) as devices from devices \
               group by organization_group_id union all \
               select organization_group_id, count(*), 0, 0 from users group by organization_group_id union all \
               select organization_group_id, 0, count(*), 0 from admins group by organization_group_id";
    let rows = database.fetch(sql, args![]).await?;
    rows.iter()
        .map(|row| {
            let owned = Owned { users: row.get("users")?, admins: row.get("admins")?, devices: row.get("devices")? };
            Ok((row.get("id")?, owned))
        })
        .collect()
}

/// Devices of each of these groups by enrollment status, seen in a span of time.
pub(crate) async fn device_counts(
    database: &Database,
    groups: &[i64],
    since: Option<Timestamp>,
    till: Option<Timestamp>,
) -> Result<BTreeMap<i64, BTreeMap<String, i64>>, Error> {
    let mut filter = Filter::default();
    filter.one_of("organization_group_id", groups.iter().copied());
    if let Some(since) = since {
        let since = filter.arg(since);
        filter.and(format!("last_seen_at >= {since}"));
    }
    if let Some(till) = till {
        let till = filter.arg(till);
        filter.and(format!("last_seen_at <= {till}"));
    }
    let sql = format!(
        "select organization_group_id as id, enrollment_status, count(*) as devices from devices{} \
         group by organization_group_id, enrollment_status",
        filter.text()
    );
    let mut counts: BTreeMap<i64, BTreeMap<String, i64>> = BTreeMap::new();
    for row in database.fetch(sql, filter.args()).await? {
        let status: String = row.get("enrollment_status")?;
        counts.entry(row.get("id")?).or_default().insert(status, row.get("devices")?);
    }
    Ok(counts)
}

/// Tables whose rows belong to a group, and how the API calls such a row.
const OWNERS: &[(&str, &str, &str)] = &[
    ("organization_groups", "parent_id", "child organization groups"),
    ("devices", "organization_group_id", "devices"),
    ("users", "organization_group_id", "users"),
    ("admins", "organization_group_id", "administrators"),
    ("user_groups", "organization_group_id", "user groups"),
    ("smart_groups", "organization_group_id", "smart groups"),
    ("apps", "organization_group_id", "applications"),
    ("tags", "organization_group_id", "tags"),
    ("compliance_policies", "organization_group_id", "compliance policies"),
    ("objects", "group_id", "resources"),
];

/// What keeps a group from being removed, in the API's words.
pub(crate) async fn what_it_owns(tx: &mut Transaction, group: i64) -> Result<Option<&'static str>, Error> {
    for (table, column, what) in OWNERS {
        let sql = format!("select 1 as found from {table} where {column} = $1 limit 1");
        if tx.fetch_optional(sql, args![group]).await?.is_some() {
            return Ok(Some(what));
        }
    }
    Ok(None)
}
