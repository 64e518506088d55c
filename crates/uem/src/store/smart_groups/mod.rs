//! Smart groups: which devices their criteria describe.

mod assignable;
mod change;
mod criteria;
mod members;

use jiff::Timestamp;
use muster_model::ids::SmartGroupId;
use muster_model::smart_groups::SmartGroup;
use muster_store::{Database, Error, Row};
use uuid::Uuid;

pub(crate) use assignable::{Assignable, assignable, count_of};
pub(crate) use change::{Group, create, find, get, is_assigned, names, remove, save, uses_tag};
pub(crate) use criteria::{Category, Comparison, Criteria, System, any_of, rank};
pub(crate) use members::{apps, counts, members};

use super::filter::Filter;
use super::page::Page;
use super::scope::Scope;

/// Which smart groups are wanted.
#[derive(Debug, Default)]
pub(crate) struct Wanted<'a> {
    /// Part of the name.
    pub(crate) name: Option<&'a str>,
    /// Managed by exactly this organization group.
    pub(crate) managed_by: Option<i64>,
    /// Managed by this organization group or one below it.
    pub(crate) below: Option<i64>,
    pub(crate) modified_from: Option<Timestamp>,
    pub(crate) modified_till: Option<Timestamp>,
    pub(crate) by_name: bool,
    pub(crate) descending: bool,
}

/// One page of the groups that match, with the number of their devices.
pub(crate) async fn search(
    database: &Database,
    wanted: &Wanted<'_>,
    page: Page,
    scope: &Scope,
) -> Result<(Vec<SmartGroup>, u64), Error> {
    let mut filter = Filter::default();
    let name = wanted.name;
    filter.within("s.organization_group_id", scope);
    if let Some(name) = name {
        filter.contains("s.name", name);
    }
    if let Some(group) = wanted.managed_by {
        filter.equal("s.organization_group_id", group);
    }
    if let Some(group) = wanted.below {
        filter.below("s.organization_group_id", group);
    }
    if let Some(from) = wanted.modified_from {
        let from = filter.arg(from);
        filter.and(format!("coalesce(s.modified_at, 0) >= {from}"));
    }
    if let Some(till) = wanted.modified_till {
        let till = filter.arg(till);
        filter.and(format!("coalesce(s.modified_at, 0) <= {till}"));
    }
    let count = format!("select count(*) as total from smart_groups s{}", filter.text());
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let condition = filter.text();
    let exact = filter.exact_first("s.name", name);
    let direction = if wanted.descending { " desc" } else { "" };
    let order = if wanted.by_name { format!("lower(s.name){direction}, s.id") } else { format!("s.id{direction}") };
    let sql = format!(
        "select s.id, s.uuid, s.name, s.criteria, s.organization_group_id, g.name as group_name, \
         (select count(*) from app_assignments a where a.smart_group_id = s.id) as assignments \
         from smart_groups s left join organization_groups g on g.id = s.organization_group_id{condition} \
         order by {exact}{order}{}",
        page.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    let counts = count_devices(database, &rows).await?;
    let read = |(row, devices): (&Row, u64)| {
        Ok(SmartGroup {
            name: row.get("name")?,
            smart_group_id: SmartGroupId(row.get("id")?),
            smart_group_uuid: Some(row.get("uuid")?),
            managed_by_organization_group_id: row.get::<i64>("organization_group_id")?.to_string(),
            managed_by_organization_group_name: row.get::<Option<String>>("group_name")?.unwrap_or_default(),
            devices,
            assignments: row.get("assignments")?,
            exclusions: Criteria::parse(&row.get::<String>("criteria")?).map_or(0, |c| c.exclusions()) as u64,
            ..Default::default()
        })
    };
    Ok((rows.iter().zip(counts).map(read).collect::<Result<_, Error>>()?, total))
}

/// Devices of each group, in the order of the rows: one statement for up to 100 groups.
async fn count_devices(database: &Database, groups: &[Row]) -> Result<Vec<u64>, Error> {
    let mut counts = vec![0; groups.len()];
    for (chunk, groups) in groups.chunks(100).enumerate() {
        let mut filter = Filter::default();
        let mut parts = Vec::new();
        for (index, group) in groups.iter().enumerate() {
            if let Some(criteria) = Criteria::parse(&group.get::<String>("criteria")?) {
                let condition = filter.group(|filter| criteria.apply(filter));
                let at = chunk * 100 + index;
                parts.push(format!("select {at} as position, count(*) as devices from devices d where {condition}"));
            }
        }
        if parts.is_empty() {
            continue;
        }
        for row in database.fetch(parts.join(" union all "), filter.args()).await? {
            if let Some(count) = counts.get_mut(row.get::<usize>("position")?) {
                *count = row.get("devices")?;
            }
        }
    }
    Ok(counts)
}

/// A smart group as other things refer to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    pub(crate) criteria: String,
}

/// The smart groups of these UUIDs that the scope has.
pub(crate) async fn named(database: &Database, uuids: &[Uuid], scope: &Scope) -> Result<Vec<Named>, Error> {
    if uuids.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter::default();
    filter.one_of("uuid", uuids.iter().copied());
    filter.within("organization_group_id", scope);
    let sql = format!("select uuid, name, criteria from smart_groups{} order by id", filter.text());
    let rows = database.fetch(sql, filter.args()).await?;
    let read = |row: &Row| Ok(Named { uuid: row.get("uuid")?, name: row.get("name")?, criteria: row.get("criteria")? });
    rows.iter().map(read).collect()
}
