//! Smart groups: which devices their criteria describe.

use muster_model::ids::SmartGroupId;
use muster_model::smart_groups::SmartGroup;
use muster_store::{Database, Error, Row, args};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::filter::Filter;
use super::page::Page;
use super::scope::Scope;

/// What a device must be to belong to a smart group; an empty list is no restriction. Kept as JSON in
/// `smart_groups.criteria`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Criteria {
    /// Platform names, as `devices.platform` has them.
    pub(crate) platforms: Vec<String>,
    /// Letters, as `devices.ownership` has them.
    pub(crate) ownerships: Vec<String>,
    /// Names of tags, of which the device has at least one.
    pub(crate) tags: Vec<String>,
}

impl Criteria {
    /// Reads `smart_groups.criteria`. A text that is no criteria describes no device at all: too few
    /// devices are safer than too many.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    /// Adds what must hold for a row of `devices` with the alias `d`. Only enrolled devices belong to a
    /// smart group.
    pub(crate) fn apply(&self, filter: &mut Filter) {
        filter.and("d.enrollment_status = 'Enrolled'");
        filter.one_of("d.platform", self.platforms.iter().map(String::as_str));
        filter.one_of("d.ownership", self.ownerships.iter().map(String::as_str));
        if !self.tags.is_empty() {
            let names: Vec<String> = self.tags.iter().map(|name| filter.arg(name.as_str())).collect();
            filter.and(format!(
                "exists (select 1 from device_tags dt join tags t on t.id = dt.tag_id \
                 where dt.device_id = d.id and t.name in ({}))",
                names.join(", ")
            ));
        }
    }
}

/// `(…) or (…)` over criteria as `smart_groups.criteria` keeps them: devices of any of the groups.
/// `None` if no group describes a device.
pub(crate) fn any_of<'a>(criteria: impl IntoIterator<Item = &'a str>) -> Option<(String, Filter)> {
    let mut all = Filter::default();
    let mut parts = Vec::new();
    for criteria in criteria.into_iter().filter_map(Criteria::parse) {
        parts.push(format!("({})", all.group(|filter| criteria.apply(filter))));
    }
    (!parts.is_empty()).then(|| (parts.join(" or "), all))
}

/// One page of the groups whose name contains a text, with the number of their devices.
pub(crate) async fn search(
    database: &Database,
    name: Option<&str>,
    page: Page,
) -> Result<(Vec<SmartGroup>, u64), Error> {
    let mut filter = Filter::default();
    if let Some(name) = name {
        filter.contains("s.name", name);
    }
    let count = format!("select count(*) as total from smart_groups s{}", filter.text());
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let condition = filter.text();
    let exact = filter.exact_first("s.name", name);
    let sql = format!(
        "select s.id, s.uuid, s.name, s.criteria, s.organization_group_id, g.name as group_name, \
         (select count(*) from app_assignments a where a.smart_group_id = s.id) as assignments \
         from smart_groups s left join organization_groups g on g.id = s.organization_group_id{condition} \
         order by {exact}s.id{}",
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
            exclusions: 0,
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

/// Ids that name no smart group, of those given.
pub(crate) async fn unknown(database: &Database, ids: &[i64]) -> Result<Vec<i64>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter::default();
    filter.one_of("id", ids.iter().copied());
    let rows = database.fetch(format!("select id from smart_groups{}", filter.text()), filter.args()).await?;
    let known = rows.iter().map(|row| row.get("id")).collect::<Result<Vec<i64>, Error>>()?;
    Ok(ids.iter().copied().filter(|id| !known.contains(id)).collect())
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

/// Criteria of the groups that an app is assigned to.
pub(crate) async fn of_app(tx: &mut muster_store::Transaction, app_id: i64) -> Result<Vec<String>, Error> {
    let sql = "select s.criteria from smart_groups s join app_assignments a on a.smart_group_id = s.id \
               where a.app_id = $1 order by s.id";
    tx.fetch(sql, args![app_id]).await?.iter().map(|row| row.get("criteria")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn criteria_become_conditions_that_all_must_hold() {
        let criteria =
            Criteria::parse(r#"{"platforms":["Apple"],"ownerships":[],"tags":["VIP","Lab"]}"#).expect("reads");
        let mut filter = Filter::default();
        criteria.apply(&mut filter);
        assert_eq!(
            filter.text(),
            " where d.enrollment_status = 'Enrolled' and d.platform in ($1) and exists (select 1 from device_tags dt \
             join tags t on t.id = dt.tag_id where dt.device_id = d.id and t.name in ($2, $3))"
        );
    }

    #[test]
    fn several_groups_are_joined_and_a_broken_one_counts_for_nothing() {
        let (text, filter) = any_of([r#"{"platforms":["Apple"]}"#, "broken", "{}"]).expect("two groups");
        assert_eq!(
            text,
            "(d.enrollment_status = 'Enrolled' and d.platform in ($1)) or (d.enrollment_status = 'Enrolled')"
        );
        assert_eq!(filter.args().len(), 1);
        assert!(any_of(["broken"]).is_none());
    }
}
