//! Wipes: who asked for which, what became of it, and how many an organization group takes before the rest is held.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use muster_model::commands::Command;
use muster_model::words::{Ownership, Platform};
use muster_store::{Database, Error, Row, Transaction, Value, args};
use serde_json::Map;
use uuid::Uuid;

use super::filter::Filter;
use super::page::Page;
use super::recipients::Recipient;

/// What every group takes that no one has set otherwise; it is set for the topmost one.
pub(crate) const DEFAULT: Threshold = Threshold { wipes: 10, minutes: 20 };

/// So many wipes in so many minutes; the next one is held. 0 holds every wipe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Threshold {
    pub(crate) wipes: i64,
    pub(crate) minutes: i64,
}

/// The protection of one group.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Protection {
    pub(crate) group: i64,
    pub(crate) threshold: Threshold,
    /// It was reached, and nobody has unlocked it since.
    pub(crate) locked: bool,
    counts_from: Timestamp,
}

/// A level of the tree at which wipes are counted.
#[derive(Debug)]
struct Level {
    protection: Protection,
    count: i64,
    changed: bool,
}

/// How near all groups are to their thresholds.
#[derive(Debug)]
pub(crate) struct Standing {
    parents: BTreeMap<i64, Option<i64>>,
    levels: BTreeMap<i64, Level>,
}

impl Standing {
    pub(crate) async fn read(tx: &mut Transaction, now: Timestamp) -> Result<Self, Error> {
        let mut parents = BTreeMap::new();
        for row in tx.fetch("select id, parent_id from organization_groups", args![]).await? {
            parents.insert(row.get::<i64>("id")?, row.get::<Option<i64>>("parent_id")?);
        }
        let mut levels = BTreeMap::new();
        for (&group, parent) in &parents {
            if parent.is_none() {
                levels.insert(group, unset(group));
            }
        }
        let sql = "select organization_group_id, threshold, minutes, locked, counts_from from wipe_protection";
        for row in tx.fetch(sql, args![]).await? {
            let protection = protection(&row)?;
            levels.insert(protection.group, protection);
        }
        let mut standing = Self { parents, levels: BTreeMap::new() };
        for (group, protection) in levels {
            let window = SignedDuration::from_mins(protection.threshold.minutes);
            let since = now.saturating_sub(window).unwrap_or(Timestamp::MIN).max(protection.counts_from);
            let sql = "select organization_group_id, count(*) as wipes from wipes \
                       where status = 'QUEUED' and requested_at > $1 group by organization_group_id";
            let mut count = 0;
            for row in tx.fetch(sql, args![since]).await? {
                if standing.above(row.get("organization_group_id")?).any(|above| above == group) {
                    count += row.get::<i64>("wipes")?;
                }
            }
            standing.levels.insert(group, Level { protection, count, changed: false });
        }
        Ok(standing)
    }

    /// A group and all above it.
    fn above(&self, group: i64) -> impl Iterator<Item = i64> {
        std::iter::successors(Some(group), |group| self.parents.get(group).copied().flatten())
    }

    /// Whether a group is another one or below it.
    pub(crate) fn is_within(&self, group: i64, top: i64) -> bool {
        self.above(group).any(|above| above == top)
    }

    /// Counts a wipe in a group, or says `false`: it is to be held. A level whose threshold is reached locks.
    pub(crate) fn admit(&mut self, group: i64) -> bool {
        let chain: Vec<i64> = self.above(group).collect();
        let mut held = false;
        for group in &chain {
            let Some(level) = self.levels.get_mut(group) else { continue };
            if level.protection.locked || level.count >= level.protection.threshold.wipes {
                level.changed |= !level.protection.locked;
                level.protection.locked = true;
                held = true;
            }
        }
        if !held {
            for group in &chain {
                if let Some(level) = self.levels.get_mut(group) {
                    level.count += 1;
                }
            }
        }
        !held
    }

    /// Writes which levels have locked.
    pub(crate) async fn save(self, tx: &mut Transaction) -> Result<(), Error> {
        for level in self.levels.values().filter(|level| level.changed) {
            write(tx, &level.protection).await?;
        }
        Ok(())
    }
}

fn unset(group: i64) -> Protection {
    Protection { group, threshold: DEFAULT, locked: false, counts_from: Timestamp::MIN }
}

fn protection(row: &Row) -> Result<Protection, Error> {
    Ok(Protection {
        group: row.get("organization_group_id")?,
        threshold: Threshold { wipes: row.get("threshold")?, minutes: row.get("minutes")? },
        locked: row.get("locked")?,
        counts_from: row.get("counts_from")?,
    })
}

async fn write(tx: &mut Transaction, protection: &Protection) -> Result<(), Error> {
    let Protection { group, threshold, locked, counts_from } = *protection;
    let sql = "insert into wipe_protection (organization_group_id, threshold, minutes, locked, counts_from) \
               values ($1, $2, $3, $4, $5) on conflict (organization_group_id) do update set \
               threshold = excluded.threshold, minutes = excluded.minutes, locked = excluded.locked, \
               counts_from = excluded.counts_from";
    tx.execute(sql, args![group, threshold.wipes, threshold.minutes, locked, counts_from]).await?;
    Ok(())
}

/// The protection that holds for a group: its own, or that of the nearest group above which has one.
pub(crate) async fn of_group(tx: &mut Transaction, group: i64) -> Result<Protection, Error> {
    let sql = "select organization_group_id, threshold, minutes, locked, counts_from from wipe_protection \
               where organization_group_id = $1";
    let mut at = group;
    loop {
        if let Some(row) = tx.fetch_optional(sql, args![at]).await? {
            return protection(&row);
        }
        let parent = "select parent_id from organization_groups where id = $1";
        let row = tx.fetch_optional(parent, args![at]).await?;
        match row.map(|row| row.get::<Option<i64>>("parent_id")).transpose()?.flatten() {
            Some(parent) => at = parent,
            None => return Ok(unset(at)),
        }
    }
}

/// Sets how many wipes a group takes.
pub(crate) async fn set_threshold(tx: &mut Transaction, group: i64, threshold: Threshold) -> Result<(), Error> {
    let inherited = of_group(tx, group).await?;
    let own = Protection { group, threshold, ..if inherited.group == group { inherited } else { unset(group) } };
    write(tx, &own).await
}

/// Locks or unlocks the protection that holds for a group; when it is unlocked, counting begins anew.
pub(crate) async fn set_lock(tx: &mut Transaction, group: i64, locked: bool, now: Timestamp) -> Result<(), Error> {
    let protection = of_group(tx, group).await?;
    let counts_from = if locked { protection.counts_from } else { now };
    write(tx, &Protection { locked, counts_from, ..protection }).await
}

/// A wipe that somebody asks for.
#[derive(Debug)]
pub(crate) struct NewWipe<'a> {
    pub(crate) uuid: Uuid,
    pub(crate) device: &'a Recipient,
    pub(crate) command: Command,
    /// In the words of the published log of wipes: `ADMIN_ACTION`, `BULK_API_ACTION`, …
    pub(crate) source: &'a str,
    pub(crate) held: bool,
    pub(crate) parameters: &'a Map<String, serde_json::Value>,
    pub(crate) requested_by: &'a str,
}

/// Writes wipes into the log.
pub(crate) async fn record(tx: &mut Transaction, wipes: &[NewWipe<'_>], now: Timestamp) -> Result<(), Error> {
    if wipes.is_empty() {
        return Ok(());
    }
    let last: i64 = tx.fetch_one("select coalesce(max(id), 0) as last from wipes", args![]).await?.get("last")?;
    let rows = (last + 1..).zip(wipes).map(|(id, wipe)| {
        args![
            id,
            wipe.uuid,
            wipe.device.id,
            wipe.device.uuid,
            wipe.device.name.as_str(),
            wipe.device.platform.as_str(),
            wipe.device.ownership.as_str(),
            wipe.device.username.as_str(),
            wipe.device.group,
            wipe.command.as_str(),
            wipe.source,
            if wipe.held { "HELD" } else { "QUEUED" },
            serde_json::Value::Object(wipe.parameters.clone()).to_string(),
            wipe.requested_by,
            now,
            "",
            None::<Timestamp>
        ]
    });
    let columns = [
        "id",
        "uuid",
        "device_id",
        "device_uuid",
        "device_name",
        "platform",
        "ownership",
        "username",
        "organization_group_id",
        "command",
        "source",
        "status",
        "parameters",
        "requested_by",
        "requested_at",
        "decided_by",
        "decided_at",
    ];
    tx.insert("wipes", &columns, rows.collect()).await
}

/// A row of the log.
#[derive(Debug, Clone)]
pub(crate) struct Wipe {
    pub(crate) uuid: Uuid,
    pub(crate) device: i64,
    pub(crate) device_uuid: Uuid,
    pub(crate) device_name: String,
    pub(crate) platform: Platform,
    pub(crate) ownership: Ownership,
    pub(crate) username: String,
    pub(crate) group: i64,
    pub(crate) group_name: String,
    pub(crate) group_uuid: Option<Uuid>,
    pub(crate) command: Command,
    pub(crate) source: String,
    pub(crate) status: String,
    pub(crate) parameters: Map<String, serde_json::Value>,
    pub(crate) requested_at: Timestamp,
    /// `None` when the device's record is gone.
    pub(crate) last_seen: Option<Timestamp>,
}

const COLUMNS: &str = "w.uuid, w.device_id, w.device_uuid, w.device_name, w.platform, w.ownership, w.username, \
    w.organization_group_id, w.command, w.source, w.status, w.parameters, w.requested_at, \
    g.name as group_name, g.uuid as group_uuid, d.last_seen_at";
const TABLES: &str = "wipes w left join organization_groups g on g.id = w.organization_group_id \
    left join devices d on d.id = w.device_id";

fn read(row: &Row) -> Result<Wipe, Error> {
    let word = |column: &str| row.get::<String>(column);
    Ok(Wipe {
        uuid: row.get("uuid")?,
        device: row.get("device_id")?,
        device_uuid: row.get("device_uuid")?,
        device_name: word("device_name")?,
        platform: Platform::from(word("platform")?.as_str()),
        ownership: Ownership::from(word("ownership")?.as_str()),
        username: word("username")?,
        group: row.get("organization_group_id")?,
        group_name: row.get::<Option<String>>("group_name")?.unwrap_or_default(),
        group_uuid: row.get("group_uuid")?,
        // Only this file writes the word.
        command: Command::known(&word("command")?).unwrap_or(Command::DeviceWipe),
        source: word("source")?,
        status: word("status")?,
        parameters: serde_json::from_str(&word("parameters")?).unwrap_or_default(),
        requested_at: row.get("requested_at")?,
        last_seen: row.get("last_seen_at")?,
    })
}

/// Which rows of the log are wanted; the default is all of the groups.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    /// In the name of the device or the user.
    pub(crate) text: Option<String>,
    pub(crate) from: Option<Timestamp>,
    pub(crate) till: Option<Timestamp>,
    pub(crate) command: Option<Command>,
    pub(crate) source: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) ownerships: Vec<Ownership>,
    pub(crate) order: Order,
    pub(crate) descending: bool,
}

/// By what the log is sorted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Order {
    #[default]
    Date,
    Device,
    User,
    Group,
}

/// One page of the log of a group and those below it, and how many rows match.
pub(crate) async fn search(
    database: &Database,
    top: i64,
    wanted: &Wanted,
    page: Page,
) -> Result<(Vec<Wipe>, u64), Error> {
    let mut filter = Filter::default();
    filter.below("w.organization_group_id", top);
    if let Some(text) = &wanted.text {
        let either = ["w.device_name", "w.username"].map(|column| filter.group(|filter| filter.contains(column, text)));
        filter.and(format!("({})", either.join(" or ")));
    }
    if let Some(from) = wanted.from {
        let from = filter.arg(from);
        filter.and(format!("w.requested_at >= {from}"));
    }
    if let Some(till) = wanted.till {
        let till = filter.arg(till);
        filter.and(format!("w.requested_at <= {till}"));
    }
    if let Some(command) = wanted.command {
        filter.equal("w.command", command.as_str());
    }
    if let Some(source) = &wanted.source {
        filter.equal("w.source", source.as_str());
    }
    if let Some(status) = &wanted.status {
        filter.equal("w.status", status.as_str());
    }
    filter.one_of("w.ownership", wanted.ownerships.iter().map(Ownership::as_str));
    let condition = filter.text();
    let count = format!("select count(*) as total from {TABLES}{condition}");
    let total = database.fetch_one(count, filter.args()).await?.get("total")?;
    let column = match wanted.order {
        Order::Date => "w.requested_at",
        Order::Device => "w.device_name",
        Order::User => "w.username",
        Order::Group => "g.name",
    };
    let direction = if wanted.descending { "desc" } else { "asc" };
    let sql = format!(
        "select {COLUMNS} from {TABLES}{condition} order by {column} {direction}, w.id {direction}{}",
        page.text()
    );
    let rows = database.fetch(sql, filter.args()).await?;
    Ok((rows.iter().map(read).collect::<Result<_, _>>()?, total))
}

/// Wipes that are held, by their UUIDs; others are left out.
pub(crate) async fn held(tx: &mut Transaction, uuids: &[Uuid]) -> Result<Vec<Wipe>, Error> {
    if uuids.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter::default();
    filter.and("w.status = 'HELD'");
    filter.one_of("w.uuid", uuids.iter().map(|uuid| Value::from(*uuid)));
    let sql = format!("select {COLUMNS} from {TABLES}{} order by w.id", filter.text());
    tx.fetch(sql, filter.args()).await?.iter().map(read).collect()
}

/// The wipes that are held for a device.
pub(crate) async fn held_for(tx: &mut Transaction, device: i64) -> Result<Vec<Wipe>, Error> {
    let sql = format!("select {COLUMNS} from {TABLES} where w.device_id = $1 and w.status = 'HELD' order by w.id");
    tx.fetch(sql, args![device]).await?.iter().map(read).collect()
}

/// Approves or aborts a wipe that was held.
pub(crate) async fn decide(
    tx: &mut Transaction,
    wipe: Uuid,
    status: &str,
    by: &str,
    now: Timestamp,
) -> Result<(), Error> {
    let sql = "update wipes set status = $2, decided_by = $3, decided_at = $4 where uuid = $1";
    tx.execute(sql, args![wipe, status, by, now]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn level(group: i64, wipes: i64, count: i64) -> (i64, Level) {
        let protection = Protection { threshold: Threshold { wipes, minutes: 20 }, ..unset(group) };
        (group, Level { protection, count, changed: false })
    }

    #[test]
    fn a_wipe_is_counted_at_every_level_above_and_the_first_full_one_holds_it() {
        let parents = [(1, None), (2, Some(1)), (3, Some(1))].into();
        let mut standing = Standing { parents, levels: [level(1, 3, 0), level(2, 1, 0)].into() };
        assert!(standing.admit(2));
        assert!(!standing.admit(2), "group 2 takes one");
        assert!(standing.admit(3) && standing.admit(3));
        assert!(!standing.admit(3), "group 1 takes three, whoever they belong to");
        assert!(standing.levels.values().all(|level| level.protection.locked && level.changed));
        assert!(standing.is_within(3, 1) && !standing.is_within(1, 3));
    }
}
