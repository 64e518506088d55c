//! API keys: one for each service that calls.

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use uuid::Uuid;

/// Whose requests a key accompanies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccountType {
    Admin,
    EnrollmentUser,
}

impl AccountType {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "Admin",
            Self::EnrollmentUser => "EnrollmentUser",
        }
    }

    /// In any case, with or without the space.
    pub(crate) fn known(word: &str) -> Option<Self> {
        match word.to_ascii_lowercase().replace([' ', '_', '-'], "").as_str() {
            "admin" => Some(Self::Admin),
            "enrollmentuser" => Some(Self::EnrollmentUser),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) service: String,
    pub(crate) account_type: AccountType,
    pub(crate) group: i64,
    /// The account that the key signs in by itself.
    pub(crate) admin: Option<i64>,
    pub(crate) hash: String,
    /// What the key was before its rotation, and until when that opens.
    pub(crate) previous: Option<(String, Timestamp)>,
    /// Words separated by spaces; empty restricts nothing.
    pub(crate) rights: String,
    /// Networks separated by spaces; empty restricts nothing.
    pub(crate) networks: String,
    pub(crate) daily_quota: Option<u64>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) revoked_at: Option<Timestamp>,
    pub(crate) last_used_at: Option<Timestamp>,
    /// The day of `used_count`, from 1970.
    pub(crate) used_day: i64,
    pub(crate) used_count: u64,
    pub(crate) created_by: String,
    pub(crate) created_at: Timestamp,
}

#[derive(Debug, Clone)]
pub(crate) struct NewKey<'a> {
    pub(crate) service: &'a str,
    pub(crate) account_type: AccountType,
    pub(crate) group: i64,
    pub(crate) admin: Option<i64>,
    pub(crate) hash: &'a str,
    pub(crate) rights: &'a str,
    pub(crate) networks: &'a str,
    pub(crate) daily_quota: Option<u64>,
    pub(crate) expires_at: Option<Timestamp>,
    pub(crate) created_by: &'a str,
}

const COLUMNS: &str = "id, uuid, service, account_type, organization_group_id, admin_id, hash, previous_hash, \
    previous_until, rights, networks, daily_quota, expires_at, revoked_at, last_used_at, used_day, used_count, \
    created_by, created_at";

/// Every key, also those that are revoked or over.
pub(crate) async fn all(database: &Database) -> Result<Vec<Key>, Error> {
    let rows = database.fetch(format!("select {COLUMNS} from api_keys order by id"), args![]).await?;
    rows.iter().map(read).collect()
}

pub(crate) async fn get(database: &Database, id: i64) -> Result<Option<Key>, Error> {
    let sql = format!("select {COLUMNS} from api_keys where id = $1");
    database.fetch_optional(sql, args![id]).await?.as_ref().map(read).transpose()
}

pub(crate) async fn add(tx: &mut Transaction, key: &NewKey<'_>, now: Timestamp) -> Result<Key, Error> {
    let sql = format!(
        "insert into api_keys (id, uuid, service, account_type, organization_group_id, admin_id, hash, rights, \
         networks, daily_quota, expires_at, used_day, used_count, created_by, created_at) \
         select coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, $11, $12 from api_keys \
         returning {COLUMNS}"
    );
    let quota = key.daily_quota.map(|quota| i64::try_from(quota).unwrap_or(i64::MAX));
    let args = args![
        Uuid::new_v4(),
        key.service,
        key.account_type.as_str(),
        key.group,
        key.admin,
        key.hash,
        key.rights,
        key.networks,
        quota,
        key.expires_at,
        key.created_by,
        now
    ];
    read(&tx.fetch_one(sql, args).await?)
}

/// Gives a key another secret; the one of before opens until `overlap_until`.
pub(crate) async fn rotate(tx: &mut Transaction, id: i64, hash: &str, overlap_until: Timestamp) -> Result<bool, Error> {
    let sql = "update api_keys set previous_hash = hash, previous_until = $3, hash = $2 \
               where id = $1 and revoked_at is null";
    Ok(tx.execute(sql, args![id, hash, overlap_until]).await? > 0)
}

/// Revokes a key with what it was before. Answers whether it was alive.
pub(crate) async fn revoke(tx: &mut Transaction, id: i64, now: Timestamp) -> Result<bool, Error> {
    let sql = "update api_keys set revoked_at = $2 where id = $1 and revoked_at is null";
    Ok(tx.execute(sql, args![id, now]).await? > 0)
}

fn read(row: &Row) -> Result<Key, Error> {
    let previous: Option<String> = row.get("previous_hash")?;
    let until: Option<Timestamp> = row.get("previous_until")?;
    let quota: Option<i64> = row.get("daily_quota")?;
    Ok(Key {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        service: row.get("service")?,
        account_type: AccountType::known(&row.get::<String>("account_type")?).unwrap_or(AccountType::EnrollmentUser),
        group: row.get("organization_group_id")?,
        admin: row.get("admin_id")?,
        hash: row.get("hash")?,
        previous: previous.zip(until),
        rights: row.get("rights")?,
        networks: row.get("networks")?,
        daily_quota: quota.map(i64::unsigned_abs),
        expires_at: row.get("expires_at")?,
        revoked_at: row.get("revoked_at")?,
        last_used_at: row.get("last_used_at")?,
        used_day: row.get("used_day")?,
        used_count: row.get::<i64>("used_count")?.unsigned_abs(),
        created_by: row.get("created_by")?,
        created_at: row.get("created_at")?,
    })
}
