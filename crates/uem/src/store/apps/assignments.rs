//! To which smart groups an app is assigned, in which order, and which are left out.

use std::collections::HashMap;

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::store::filter::Filter;
use crate::store::scope::Scope;

/// A smart group as assignments name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) name: String,
}

/// One smart group that an app is assigned to.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Assignment {
    pub(crate) group: Group,
    /// `Auto` or `On-Demand`.
    pub(crate) push_mode: String,
    /// What else the rule says, in the words of version 2: `distribution`, `restriction`, …
    pub(crate) rule: Map<String, Value>,
    /// Assignments of the same number are one rule; the lowest number comes first.
    pub(crate) priority: i64,
    pub(crate) effective_at: Timestamp,
    /// Licences set aside.
    pub(crate) allocated: i64,
    pub(crate) created_at: Timestamp,
}

const OF_APP: &str = "select s.id, s.name, s.uuid, a.push_mode, a.parameters, a.priority, a.effective_at, \
    a.allocated, a.created_at from app_assignments a join smart_groups s on s.id = a.smart_group_id \
    where a.app_id = $1 order by a.priority, a.created_at, s.id";

fn group(row: &Row) -> Result<Group, Error> {
    Ok(Group { id: row.get("id")?, uuid: row.get("uuid")?, name: row.get("name")? })
}

fn read(row: &Row) -> Result<Assignment, Error> {
    let rule: String = row.get("parameters")?;
    Ok(Assignment {
        group: group(row)?,
        push_mode: row.get("push_mode")?,
        rule: serde_json::from_str(&rule).unwrap_or_default(),
        priority: row.get("priority")?,
        effective_at: row.get("effective_at")?,
        allocated: row.get("allocated")?,
        created_at: row.get("created_at")?,
    })
}

pub(crate) async fn of_app(database: &Database, app: i64) -> Result<Vec<Assignment>, Error> {
    database.fetch(OF_APP, args![app]).await?.iter().map(read).collect()
}

/// As [`of_app`], inside a change.
pub(crate) async fn find(tx: &mut Transaction, app: i64) -> Result<Vec<Assignment>, Error> {
    tx.fetch(OF_APP, args![app]).await?.iter().map(read).collect()
}

/// Stores the assignments of an app in place of those it had. Numbers are closed up, so that they count from 0.
pub(crate) async fn replace(tx: &mut Transaction, app: i64, mut all: Vec<Assignment>) -> Result<(), Error> {
    all.sort_by_key(|one| one.priority);
    tx.execute("delete from app_assignments where app_id = $1", args![app]).await?;
    let (mut last, mut number) = (None, -1);
    for one in &all {
        if last != Some(one.priority) {
            last = Some(one.priority);
            number += 1;
        }
        let sql = "insert into app_assignments (app_id, smart_group_id, push_mode, parameters, priority, \
                   effective_at, allocated, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8) \
                   on conflict (app_id, smart_group_id) do nothing";
        let rule = Value::Object(one.rule.clone()).to_string();
        let values = args![
            app,
            one.group.id,
            one.push_mode.as_str(),
            rule,
            number,
            one.effective_at,
            one.allocated,
            one.created_at
        ];
        tx.execute(sql, values).await?;
    }
    Ok(())
}

const EXCLUDED: &str = "select s.id, s.name, s.uuid from app_exclusions e join smart_groups s \
    on s.id = e.smart_group_id where e.app_id = $1 order by s.id";

/// Smart groups whose devices do not get the app, whatever else they belong to.
pub(crate) async fn excluded(database: &Database, app: i64) -> Result<Vec<Group>, Error> {
    database.fetch(EXCLUDED, args![app]).await?.iter().map(group).collect()
}

/// As [`excluded`], inside a change.
pub(crate) async fn find_excluded(tx: &mut Transaction, app: i64) -> Result<Vec<Group>, Error> {
    tx.fetch(EXCLUDED, args![app]).await?.iter().map(group).collect()
}

/// Stores the exclusions of an app in place of those it had.
pub(crate) async fn exclude(tx: &mut Transaction, app: i64, groups: &[i64], now: Timestamp) -> Result<(), Error> {
    tx.execute("delete from app_exclusions where app_id = $1", args![app]).await?;
    for group in groups {
        let sql = "insert into app_exclusions (app_id, smart_group_id, created_at) values ($1, $2, $3) \
                   on conflict (app_id, smart_group_id) do nothing";
        tx.execute(sql, args![app, *group, now]).await?;
    }
    Ok(())
}

/// The smart groups of these ids and UUIDs that the scope has.
pub(crate) async fn groups(
    tx: &mut Transaction,
    ids: &[i64],
    uuids: &[Uuid],
    scope: &Scope,
) -> Result<Vec<Group>, Error> {
    let mut found = Vec::new();
    let mut wanted: Vec<Filter> = Vec::new();
    if !ids.is_empty() {
        let mut filter = Filter::default();
        filter.one_of("id", ids.iter().copied());
        wanted.push(filter);
    }
    if !uuids.is_empty() {
        let mut filter = Filter::default();
        filter.one_of("uuid", uuids.iter().map(Uuid::to_string));
        wanted.push(filter);
    }
    for mut filter in wanted {
        filter.within("organization_group_id", scope);
        let sql = format!("select id, uuid, name from smart_groups{} order by id", filter.text());
        for row in tx.fetch(sql, filter.args()).await? {
            found.push(group(&row)?);
        }
    }
    Ok(found)
}

/// The smart groups that each of these apps is assigned to.
pub(crate) async fn of_apps(database: &Database, apps: &[i64]) -> Result<HashMap<i64, Vec<Group>>, Error> {
    let mut found: HashMap<i64, Vec<Group>> = HashMap::new();
    for chunk in apps.chunks(1_000) {
        let mut filter = Filter::default();
        filter.one_of("a.app_id", chunk.iter().copied());
        let sql = format!(
            "select a.app_id, s.id, s.uuid, s.name from app_assignments a join smart_groups s \
             on s.id = a.smart_group_id{} order by a.priority, s.id",
            filter.text()
        );
        for row in database.fetch(sql, filter.args()).await? {
            found.entry(row.get("app_id")?).or_default().push(group(&row)?);
        }
    }
    Ok(found)
}
