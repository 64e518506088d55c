//! All groups that something can be assigned to, whatever kind they are of.

use muster_store::{Database, Error, Row};
use uuid::Uuid;

use super::super::filter::Filter;
use super::super::scope::Scope;
use super::Criteria;

/// A group of one of the kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Assignable {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
    /// `SmartGroup`, `UserGroup` or `OrganizationGroup`.
    pub(crate) kind: &'static str,
    pub(crate) group_uuid: Option<Uuid>,
    criteria: Option<Criteria>,
}

impl Assignable {
    /// Its UUID if it is of that kind.
    pub(crate) fn uuid_if(&self, kind: &str) -> Option<Uuid> {
        (self.kind == kind).then_some(self.uuid)
    }
}

/// The groups of these kinds that an organization group or one below it owns, each kind by name.
pub(crate) async fn assignable(
    database: &Database,
    top: i64,
    kinds: &[&str],
    name: Option<&str>,
    scope: &Scope,
) -> Result<Vec<Assignable>, Error> {
    const TABLES: [(&str, &str, &str, &str); 3] = [
        ("SmartGroup", "smart_groups", "organization_group_id", "s.criteria"),
        ("UserGroup", "user_groups", "organization_group_id", "''"),
        ("OrganizationGroup", "organization_groups", "id", "''"),
    ];
    let mut all = Vec::new();
    for (kind, table, owner, criteria) in TABLES.into_iter().filter(|(kind, ..)| kinds.contains(kind)) {
        let mut filter = Filter::default();
        filter.below(&format!("s.{owner}"), top);
        filter.within(&format!("s.{owner}"), scope);
        if let Some(name) = name {
            filter.contains("s.name", name);
        }
        let sql = format!(
            "select s.id, s.uuid, s.name, {criteria} as criteria, g.uuid as group_uuid from {table} s \
             left join organization_groups g on g.id = s.{owner}{} order by lower(s.name), s.id",
            filter.text()
        );
        let read = |row: &Row| {
            Ok::<_, Error>(Assignable {
                id: row.get("id")?,
                uuid: row.get("uuid")?,
                name: row.get("name")?,
                kind,
                group_uuid: row.get("group_uuid")?,
                criteria: Criteria::parse(&row.get::<String>("criteria")?),
            })
        };
        for row in database.fetch(sql, filter.args()).await? {
            all.push(read(&row)?);
        }
    }
    Ok(all)
}

/// How many enrolled devices a group has, of one platform or of all.
pub(crate) async fn count_of(database: &Database, group: &Assignable, platform: Option<&str>) -> Result<u64, Error> {
    let mut filter = Filter::default();
    match (&group.criteria, group.kind) {
        (Some(criteria), "SmartGroup") => criteria.apply(&mut filter),
        (_, "UserGroup") => {
            let id = filter.arg(group.id);
            filter.and("d.enrollment_status = 'Enrolled'");
            filter.and(format!(
                "exists (select 1 from user_group_members m where m.user_id = d.user_id and m.group_id = {id})"
            ));
        }
        (_, "OrganizationGroup") => {
            filter.and("d.enrollment_status = 'Enrolled'");
            filter.below("d.organization_group_id", group.id);
        }
        _ => return Ok(0),
    }
    if let Some(platform) = platform {
        filter.equal("d.platform", platform);
    }
    let sql = format!("select count(*) as total from devices d{}", filter.text());
    database.fetch_one(sql, filter.args()).await?.get("total")
}
