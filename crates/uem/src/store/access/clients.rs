//! OAuth clients: each is bound to one role in one organization group.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Client {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) client_id: String,
    pub(crate) name: String,
    pub(crate) secret_hash: String,
    pub(crate) group: i64,
    pub(crate) role: i64,
    pub(crate) daily_quota: Option<u64>,
    pub(crate) revoked_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
    /// The day of `used_count`, from 1970.
    pub(crate) used_day: i64,
    pub(crate) used_count: u64,
    pub(crate) created_by: String,
    pub(crate) created_at: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct NewClient<'a> {
    pub(crate) client_id: &'a str,
    pub(crate) name: &'a str,
    pub(crate) secret_hash: &'a str,
    pub(crate) group: i64,
    pub(crate) role: i64,
    pub(crate) daily_quota: Option<u64>,
    pub(crate) created_by: &'a str,
}

const COLUMNS: &str = "id, uuid, client_id, name, secret_hash, organization_group_id, role_id, daily_quota, \
    revoked_at, last_used_at, used_day, used_count, created_by, created_at";

/// Every client, also those that are revoked.
pub(crate) async fn all(database: &Database) -> Result<Vec<Client>, Error> {
    let rows = database.fetch(format!("select {COLUMNS} from oauth_clients order by id"), args![]).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn add(tx: &mut Transaction, client: &NewClient<'_>, now: Timestamp) -> Result<Client, Error> {
    let sql = format!(
        "insert into oauth_clients (id, uuid, client_id, name, secret_hash, organization_group_id, role_id, \
         daily_quota, used_day, used_count, created_by, created_at) \
         select coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, 0, 0, $8, $9 from oauth_clients \
         returning {COLUMNS}"
    );
    let quota = client.daily_quota.map(|quota| i64::try_from(quota).unwrap_or(i64::MAX));
    let args = args![
        Uuid::new_v4(),
        client.client_id,
        client.name,
        client.secret_hash,
        client.group,
        client.role,
        quota,
        client.created_by,
        now
    ];
    read(&tx.fetch_one(sql, args).await?)
}

/// Revokes a client; its tokens open nothing from then on. Answers whether it was alive.
pub(crate) async fn revoke(tx: &mut Transaction, id: i64, now: Timestamp) -> Result<bool, Error> {
    let sql = "update oauth_clients set revoked_at = $2 where id = $1 and revoked_at is null";
    Ok(tx.execute(sql, args![id, now]).await? > 0)
}

fn read(row: &Row) -> Result<Client, Error> {
    let quota: Option<i64> = row.get("daily_quota")?;
    Ok(Client {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        client_id: row.get("client_id")?,
        name: row.get("name")?,
        secret_hash: row.get("secret_hash")?,
        group: row.get("organization_group_id")?,
        role: row.get("role_id")?,
        daily_quota: quota.map(i64::unsigned_abs),
        revoked_at: row.get("revoked_at")?,
        last_used_at: row.get("last_used_at")?,
        used_day: row.get("used_day")?,
        used_count: row.get::<i64>("used_count")?.unsigned_abs(),
        created_by: row.get("created_by")?,
        created_at: row.get("created_at")?,
    })
}
