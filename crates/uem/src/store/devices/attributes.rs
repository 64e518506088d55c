//! Custom attributes: facts about a device that callers or its agent keep, by application group and name, and what
//! they were before.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};

use super::super::filter::Filter;
use super::super::page::Page;
use super::super::scope::Scope;

/// An attribute of a device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attribute {
    pub(crate) application_group: String,
    pub(crate) name: String,
    pub(crate) value: String,
    /// `API` for what callers set, `Device` for what its agent tells.
    pub(crate) source: String,
    pub(crate) modified_at: Timestamp,
}

fn read(row: &Row) -> Result<Attribute, Error> {
    Ok(Attribute {
        application_group: row.get("application_group")?,
        name: row.get("name")?,
        value: row.get("value")?,
        source: row.get("source")?,
        modified_at: row.get("modified_at")?,
    })
}

/// Which attributes are listed; the default is all of them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wanted<'a> {
    pub(crate) application_group: Option<&'a str>,
    pub(crate) name: Option<&'a str>,
    pub(crate) source: Option<&'a str>,
    pub(crate) since: Option<Timestamp>,
    pub(crate) until: Option<Timestamp>,
}

impl Wanted<'_> {
    fn apply(&self, filter: &mut Filter, alias: &str, at: &str) {
        let words = [("application_group", self.application_group), ("name", self.name), ("source", self.source)];
        for (column, word) in words {
            if let Some(word) = word {
                let word = filter.arg(word);
                filter.and(format!("lower({alias}.{column}) = lower({word})"));
            }
        }
        for (sign, moment) in [(">=", self.since), ("<=", self.until)] {
            if let Some(moment) = moment {
                let moment = filter.arg(moment);
                filter.and(format!("{alias}.{at} {sign} {moment}"));
            }
        }
    }
}

/// Attributes of several devices, by device.
pub(crate) async fn of_devices(
    database: &Database,
    devices: &[i64],
    wanted: &Wanted<'_>,
) -> Result<BTreeMap<i64, Vec<Attribute>>, Error> {
    let mut found: BTreeMap<i64, Vec<Attribute>> = BTreeMap::new();
    for chunk in devices.chunks(500) {
        let mut filter = Filter::default();
        filter.one_of("a.device_id", chunk.iter().copied());
        wanted.apply(&mut filter, "a", "modified_at");
        let sql = format!(
            "select a.device_id, a.application_group, a.name, a.value, a.source, a.modified_at \
             from device_attributes a{} order by a.device_id, a.application_group, a.name",
            filter.text()
        );
        for row in database.fetch(sql, filter.args()).await? {
            found.entry(row.get("device_id")?).or_default().push(read(&row)?);
        }
    }
    Ok(found)
}

/// One page of the ids of devices of a part of the tree that have an attribute which is wanted, and how many there are.
pub(crate) async fn devices(
    database: &Database,
    wanted: &Wanted<'_>,
    which: &super::Wanted,
    scope: &Scope,
    page: Page,
) -> Result<(Vec<i64>, u64), Error> {
    let mut filter = which.filter(scope);
    wanted.apply(&mut filter, "a", "modified_at");
    let from = format!("from device_attributes a join devices d on d.id = a.device_id{}", filter.text());
    let count = format!("select count(distinct d.id) as total {from}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let sql = format!("select distinct d.id as id {from} order by id{}", page.text());
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(|row| row.get("id")).collect::<Result<_, Error>>()?, total))
}

/// A change of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) device: i64,
    pub(crate) friendly_name: String,
    pub(crate) group: i64,
    pub(crate) group_name: String,
    pub(crate) application_group: String,
    pub(crate) name: String,
    /// `None`: there was or is none.
    pub(crate) before: Option<String>,
    pub(crate) after: Option<String>,
    pub(crate) source: String,
    pub(crate) at: Timestamp,
}

/// Changes of attributes, oldest first, of the devices of a part of the tree.
pub(crate) async fn changes(
    database: &Database,
    wanted: &Wanted<'_>,
    which: &super::Wanted,
    scope: &Scope,
) -> Result<Vec<Change>, Error> {
    let mut filter = which.filter(scope);
    wanted.apply(&mut filter, "a", "at");
    let sql = format!(
        "select a.device_id, d.friendly_name, d.organization_group_id, g.name as group_name, a.application_group, \
         a.name, a.old_value, a.new_value, a.source, a.at from device_attribute_changes a \
         join devices d on d.id = a.device_id left join organization_groups g on g.id = d.organization_group_id{} \
         order by a.device_id, a.id",
        filter.text()
    );
    let read = |row: &Row| {
        Ok(Change {
            device: row.get("device_id")?,
            friendly_name: row.get("friendly_name")?,
            group: row.get("organization_group_id")?,
            group_name: row.get::<Option<String>>("group_name")?.unwrap_or_default(),
            application_group: row.get("application_group")?,
            name: row.get("name")?,
            before: row.get("old_value")?,
            after: row.get("new_value")?,
            source: row.get("source")?,
            at: row.get("at")?,
        })
    };
    database.fetch(sql, filter.args()).await?.iter().map(read).collect()
}

/// An attribute as it is to be, or that it is to be gone (`value` is `None`).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish<'a> {
    pub(crate) application_group: &'a str,
    pub(crate) name: &'a str,
    pub(crate) value: Option<&'a str>,
}

/// Application groups in which a device has an attribute of that name.
pub(crate) async fn groups(tx: &mut Transaction, device: i64, name: &str) -> Result<Vec<String>, Error> {
    let sql = "select application_group from device_attributes where device_id = $1 and name = $2 \
               order by application_group";
    tx.fetch(sql, args![device, name]).await?.iter().map(|row| row.get("application_group")).collect()
}

/// Sets or removes an attribute of a device and keeps what it was; tells whether the device had it.
pub(crate) async fn set(
    tx: &mut Transaction,
    device: i64,
    wish: Wish<'_>,
    source: &str,
    now: Timestamp,
) -> Result<bool, Error> {
    let Wish { application_group, name, value } = wish;
    let known = "select value from device_attributes where device_id = $1 and application_group = $2 and name = $3";
    let before = tx.fetch_optional(known, args![device, application_group, name]).await?;
    let before = before.map(|row| row.get::<String>("value")).transpose()?;
    match value {
        Some(value) => {
            tx.execute(
                "insert into device_attributes (device_id, application_group, name, value, source, modified_at) \
                 values ($1, $2, $3, $4, $5, $6) on conflict (device_id, application_group, name) do update set \
                 value = excluded.value, source = excluded.source, modified_at = excluded.modified_at",
                args![device, application_group, name, value, source, now],
            )
            .await?;
        }
        None => {
            let sql = "delete from device_attributes where device_id = $1 and application_group = $2 and name = $3";
            tx.execute(sql, args![device, application_group, name]).await?;
        }
    }
    if before.as_deref() != value {
        tx.execute(
            "insert into device_attribute_changes (id, device_id, application_group, name, old_value, new_value, \
             source, at) select coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7 from device_attribute_changes",
            args![device, application_group, name, before.as_deref(), value, source, now],
        )
        .await?;
    }
    Ok(before.is_some())
}
