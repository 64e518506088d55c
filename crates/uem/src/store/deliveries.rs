//! What happened to devices, and the messages about it that are on their way: two queues of rows, so that a restart
//! loses nothing.

use std::collections::HashMap;

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

/// Something that happened to a device, and the device as it was then.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Change {
    pub(crate) id: i64,
    /// As rules name it: a member of `DeviceEvents` or `DeviceAttributes`.
    pub(crate) kind: String,
    /// Unknown where a caller did it: then it has just been.
    pub(crate) at: Option<Timestamp>,
    /// Newer rules do not hear of it.
    pub(crate) last_rule: i64,
    pub(crate) old_group: i64,
    pub(crate) group: i64,
    pub(crate) group_name: String,
    pub(crate) device_id: i64,
    pub(crate) device_uuid: Uuid,
    pub(crate) friendly_name: String,
    pub(crate) enrollment_status: String,
    pub(crate) compromised: bool,
    pub(crate) compliance_status: String,
    pub(crate) phone_number: String,
    pub(crate) udid: String,
    pub(crate) serial_number: String,
    pub(crate) imei: String,
    pub(crate) mac_address: String,
    pub(crate) asset_number: String,
    pub(crate) platform: String,
    pub(crate) os_version: String,
    pub(crate) ownership: String,
    pub(crate) user_id: i64,
    pub(crate) user_uuid: Option<Uuid>,
    pub(crate) username: String,
    pub(crate) email: String,
}

impl Change {
    fn read(row: &Row) -> Result<Self, Error> {
        let text = |column: &str| row.get::<String>(column);
        let outer = |column: &str| Ok::<_, Error>(row.get::<Option<String>>(column)?.unwrap_or_default());
        Ok(Self {
            id: row.get("id")?,
            kind: text("kind")?,
            at: row.get("at")?,
            last_rule: row.get("last_rule")?,
            old_group: row.get("old_group_id")?,
            group: row.get("organization_group_id")?,
            group_name: outer("group_name")?,
            device_id: row.get("device_id")?,
            device_uuid: row.get("device_uuid")?,
            friendly_name: text("friendly_name")?,
            enrollment_status: text("enrollment_status")?,
            compromised: row.get("compromised")?,
            compliance_status: text("compliance_status")?,
            phone_number: text("phone_number")?,
            udid: text("udid")?,
            serial_number: text("serial_number")?,
            imei: text("imei")?,
            mac_address: text("mac_address")?,
            asset_number: text("asset_number")?,
            platform: text("platform")?,
            os_version: text("os_version")?,
            ownership: text("ownership")?,
            user_id: row.get("user_id")?,
            user_uuid: row.get("user_uuid")?,
            username: outer("username")?,
            email: outer("email")?,
        })
    }
}

/// Whether anything has happened that was not told yet.
pub(crate) async fn has_changes(database: &Database) -> Result<bool, Error> {
    Ok(database.fetch_optional("select id from device_changes limit 1", args![]).await?.is_some())
}

/// The oldest changes, in order.
pub(crate) async fn changes(tx: &mut Transaction, limit: usize) -> Result<Vec<Change>, Error> {
    let sql = "select c.*, g.name as group_name, u.uuid as user_uuid, u.username, u.email from device_changes c \
               left join organization_groups g on g.id = c.organization_group_id \
               left join users u on u.id = c.user_id order by c.id limit $1";
    tx.fetch(sql, args![limit]).await?.iter().map(Change::read).collect()
}

/// Changes up to this one are told.
pub(crate) async fn forget_changes(tx: &mut Transaction, last: i64) -> Result<(), Error> {
    tx.execute("delete from device_changes where id <= $1", args![last]).await.map(|_| ())
}

/// The parent of each organization group that has one.
pub(crate) async fn parents(tx: &mut Transaction) -> Result<HashMap<i64, i64>, Error> {
    let rows = tx.fetch("select id, parent_id from organization_groups where parent_id is not null", args![]).await?;
    rows.iter().map(|row| Ok((row.get("id")?, row.get("parent_id")?))).collect()
}

/// A message to be sent.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NewDelivery {
    pub(crate) rule: i64,
    /// As [`Change::kind`], or [`TEST`].
    pub(crate) kind: String,
    pub(crate) device: Option<i64>,
    pub(crate) content_type: &'static str,
    pub(crate) body: String,
}

/// `event_deliveries.kind` of the call that finds out whether a target answers; it has no body.
pub(crate) const TEST: &str = "Test";

/// Puts messages at the end of the queues of their rules.
pub(crate) async fn queue(tx: &mut Transaction, new: Vec<NewDelivery>, now: Timestamp) -> Result<(), Error> {
    if new.is_empty() {
        return Ok(());
    }
    let last = "select coalesce(max(id), 0) as last from event_deliveries";
    let last: i64 = tx.fetch_one(last, args![]).await?.get("last")?;
    let columns = [
        "id",
        "rule_id",
        "kind",
        "device_id",
        "content_type",
        "body",
        "status",
        "tries",
        "last_error",
        "created_at",
        "next_try_at",
    ];
    let rows = (last + 1..).zip(new).map(|(id, new)| {
        args![id, new.rule, new.kind, new.device, new.content_type, new.body, "Pending", 0_i64, "", now, now]
    });
    tx.insert("event_deliveries", &columns, rows.collect()).await
}

/// Queues the call that tries out the target of a rule. No answer to it changes anything; it stands in its row.
pub(crate) async fn queue_test(tx: &mut Transaction, rule: i64, now: Timestamp) -> Result<(), Error> {
    let kind = TEST.to_owned();
    queue(tx, vec![NewDelivery { rule, kind, device: None, content_type: "", body: String::new() }], now).await
}

/// A message on its way.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Delivery {
    pub(crate) id: i64,
    pub(crate) kind: String,
    pub(crate) content_type: String,
    pub(crate) body: String,
    pub(crate) tries: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) next_try_at: Timestamp,
}

/// Rules that have something to send.
pub(crate) async fn waiting(database: &Database) -> Result<Vec<i64>, Error> {
    let sql = "select distinct rule_id from event_deliveries where status = 'Pending' order by rule_id";
    database.fetch(sql, args![]).await?.iter().map(|row| row.get("rule_id")).collect()
}

/// What a rule sends next.
pub(crate) async fn first(database: &Database, rule: i64) -> Result<Option<Delivery>, Error> {
    let sql = "select id, kind, content_type, body, tries, created_at, next_try_at from event_deliveries \
               where status = 'Pending' and rule_id = $1 order by id limit 1";
    let Some(row) = database.fetch_optional(sql, args![rule]).await? else { return Ok(None) };
    Ok(Some(Delivery {
        id: row.get("id")?,
        kind: row.get("kind")?,
        content_type: row.get("content_type")?,
        body: row.get("body")?,
        tries: row.get("tries")?,
        created_at: row.get("created_at")?,
        next_try_at: row.get("next_try_at")?,
    }))
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Attempt {
    /// The status of the answer, if there was one.
    pub(crate) answer: Option<u16>,
    /// Empty if the message was taken.
    pub(crate) error: String,
    /// When it is tried again; `None` ends it, one way or the other.
    pub(crate) again_at: Option<Timestamp>,
}

/// Records an attempt.
pub(crate) async fn attempted(
    database: &Database,
    delivery: i64,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<(), Error> {
    let status = match attempt {
        Attempt { again_at: Some(_), .. } => "Pending",
        Attempt { error, .. } if error.is_empty() => "Delivered",
        Attempt { .. } => "GivenUp",
    };
    let finished = attempt.again_at.is_none().then_some(now);
    let sql = "update event_deliveries set tries = tries + 1, status = $2, answer = $3, last_error = $4, \
               next_try_at = coalesce($5, next_try_at), finished_at = $6 where id = $1";
    let answer = attempt.answer.map(i64::from);
    let arguments = args![delivery, status, answer, attempt.error.as_str(), attempt.again_at, finished];
    let mut tx = super::begin(database).await?;
    tx.execute(sql, arguments).await?;
    tx.commit().await
}

/// Removes what was finished before a moment.
pub(crate) async fn forget_finished(tx: &mut Transaction, before: Timestamp) -> Result<(), Error> {
    tx.execute("delete from event_deliveries where finished_at < $1", args![before]).await.map(|_| ())
}
