//! Which smart groups describe a device.

use std::collections::{BTreeMap, BTreeSet};

use muster_store::{Database, Error, args};
use uuid::Uuid;

use super::super::filter::Filter;
use super::super::scope::Scope;
use super::super::smart_groups::Criteria;

/// A smart group that a device belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Membership {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
}

/// Groups that are evaluated in one statement.
const AT_ONCE: usize = 50;

/// The smart groups of a part of the tree that each of the devices belongs to.
pub(crate) async fn of_devices(
    database: &Database,
    devices: &[i64],
    scope: &Scope,
) -> Result<BTreeMap<i64, Vec<Membership>>, Error> {
    let mut seen = Filter::default();
    seen.within("organization_group_id", scope);
    let sql = format!("select id, uuid, name, criteria from smart_groups{} order by id", seen.text());
    let rows = database.fetch(sql, seen.args()).await?;
    let mut groups = Vec::new();
    for row in &rows {
        if let Some(criteria) = Criteria::parse(&row.get::<String>("criteria")?) {
            groups.push((Membership { id: row.get("id")?, uuid: row.get("uuid")?, name: row.get("name")? }, criteria));
        }
    }
    let mut found: BTreeMap<i64, Vec<Membership>> = BTreeMap::new();
    for devices in devices.chunks(500) {
        let ids: Vec<String> = devices.iter().map(i64::to_string).collect();
        for groups in groups.chunks(AT_ONCE) {
            let mut filter = Filter::default();
            let mut parts = Vec::new();
            for (position, (_, criteria)) in groups.iter().enumerate() {
                let condition = filter.group(|filter| {
                    filter.and(format!("d.id in ({})", ids.join(", ")));
                    criteria.apply(filter);
                });
                parts.push(format!("select {position} as position, d.id as id from devices d where {condition}"));
            }
            for row in database.fetch(parts.join(" union all "), filter.args()).await? {
                if let Some((group, _)) = groups.get(row.get::<usize>("position")?) {
                    found.entry(row.get("id")?).or_default().push(group.clone());
                }
            }
        }
    }
    for memberships in found.values_mut() {
        memberships.sort_by_key(|group| group.id);
    }
    Ok(found)
}

/// The smart groups of a part of the tree.
pub(crate) async fn known(database: &Database, scope: &Scope) -> Result<BTreeSet<Uuid>, Error> {
    let mut filter = Filter::default();
    filter.within("organization_group_id", scope);
    let rows = database.fetch(format!("select uuid from smart_groups{}", filter.text()), filter.args()).await?;
    rows.iter().map(|row| row.get("uuid")).collect()
}

/// The user groups that a user is a member of.
pub(crate) async fn of_user(database: &Database, user: i64) -> Result<Vec<i64>, Error> {
    let sql = "select group_id from user_group_members where user_id = $1 order by group_id";
    database.fetch(sql, args![user]).await?.iter().map(|row| row.get("group_id")).collect()
}
