//! Files of managed content. What is known about them are objects; here are the bytes, and the devices they reach.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use muster_store::{Database, Error, Transaction, args};
use uuid::Uuid;

use super::filter::Filter;
use super::smart_groups::any_of;

/// Keeps the bytes of a file, instead of those it had.
pub(crate) async fn keep(tx: &mut Transaction, uuid: Uuid, bytes: &[u8]) -> Result<(), Error> {
    let sql = "insert into content_files (uuid, data) values ($1, $2) on conflict (uuid) do update set data = $2";
    tx.execute(sql, args![uuid, STANDARD.encode(bytes)]).await.map(|_| ())
}

pub(crate) async fn bytes(database: &Database, uuid: Uuid) -> Result<Option<Vec<u8>>, Error> {
    let row = database.fetch_optional("select data from content_files where uuid = $1", args![uuid]).await?;
    let data = row.map(|row| row.get::<String>("data")).transpose()?;
    Ok(data.map(|data| STANDARD.decode(data).unwrap_or_default()))
}

pub(crate) async fn forget(tx: &mut Transaction, uuid: Uuid) -> Result<(), Error> {
    tx.execute("delete from content_files where uuid = $1", args![uuid]).await.map(|_| ())
}

/// Whom a file is for: members of user groups, everybody of organization groups, and smart groups by their UUIDs.
#[derive(Debug, Default)]
pub(crate) struct Audience {
    pub(crate) organization_groups: Vec<i64>,
    pub(crate) user_groups: Vec<i64>,
    pub(crate) smart_groups: Vec<String>,
}

/// How many enrolled devices an audience has, and how many of them were heard from since a moment.
pub(crate) async fn reach(database: &Database, audience: &Audience, since: Timestamp) -> Result<(u64, u64), Error> {
    let mut filter = Filter::default();
    let mut any = Vec::new();
    if !audience.organization_groups.is_empty() {
        any.push(filter.group(|filter| {
            filter.one_of("d.organization_group_id", audience.organization_groups.iter().copied());
        }));
    }
    for group in &audience.user_groups {
        let group = filter.arg(*group);
        any.push(format!(
            "exists (select 1 from user_group_members m where m.user_id = d.user_id and m.group_id = {group})"
        ));
    }
    let criteria = criteria(database, &audience.smart_groups).await?;
    let mut smart = 0;
    let mut heard = 0;
    if let Some((condition, smart_filter)) = any_of(criteria.iter().map(String::as_str)) {
        // Smart groups number their arguments themselves, so they are counted by themselves.
        let sql = |more: &str| {
            format!(
                "select count(*) as devices from devices d where d.enrollment_status = 'Enrolled' and \
                 ({condition}){more}"
            )
        };
        smart = database.fetch_one(sql(""), smart_filter.args()).await?.get("devices")?;
        let since = format!(" and d.last_seen_at > {}", since.as_microsecond());
        heard = database.fetch_one(sql(&since), smart_filter.args()).await?.get("devices")?;
    }
    if any.is_empty() {
        return Ok((smart, heard));
    }
    filter.and(format!("({})", any.join(" or ")));
    filter.and("d.enrollment_status = 'Enrolled'");
    let count = format!("select count(*) as devices from devices d{}", filter.text());
    let all: u64 = database.fetch_one(count, filter.args()).await?.get("devices")?;
    let since = filter.arg(since);
    filter.and(format!("d.last_seen_at > {since}"));
    let count = format!("select count(*) as devices from devices d{}", filter.text());
    let seen: u64 = database.fetch_one(count, filter.args()).await?.get("devices")?;
    // A device of both kinds of audience is one device; the larger count is the better one.
    Ok((all.max(smart), seen.max(heard)))
}

async fn criteria(database: &Database, smart_groups: &[String]) -> Result<Vec<String>, Error> {
    if smart_groups.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter::default();
    filter.one_of("uuid", smart_groups.iter().map(String::as_str));
    let sql = format!("select criteria from smart_groups{}", filter.text());
    database.fetch(sql, filter.args()).await?.iter().map(|row| row.get("criteria")).collect()
}

/// Name and id of a smart group.
pub(crate) async fn smart_group(database: &Database, uuid: Uuid) -> Result<Option<(i64, String)>, Error> {
    let row = database.fetch_optional("select id, name from smart_groups where uuid = $1", args![uuid]).await?;
    row.map(|row| Ok((row.get("id")?, row.get("name")?))).transpose()
}
