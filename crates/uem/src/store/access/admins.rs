//! Administrators and service accounts, and the roles that each has in which organization group.

use std::collections::BTreeMap;

use jiff::Timestamp;
use muster_store::{Database, Error, Row, Transaction, args};
use serde_json::{Map, Value};
use uuid::Uuid;

/// Who an account is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AccountKind {
    Administrator,
    ServiceAccount,
}

impl AccountKind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Administrator => "Administrator",
            Self::ServiceAccount => "ServiceAccount",
        }
    }
}

/// A role in an organization group and those below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Grant {
    pub(crate) role: i64,
    pub(crate) group: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Admin {
    pub(crate) id: i64,
    pub(crate) uuid: Uuid,
    pub(crate) username: String,
    pub(crate) kind: AccountKind,
    /// PHC text; empty admits no password.
    pub(crate) password_hash: String,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: String,
    pub(crate) group: i64,
    pub(crate) active: bool,
    pub(crate) locked_until: Option<Timestamp>,
    pub(crate) last_login_at: Option<Timestamp>,
    /// What the console knows of the person besides.
    pub(crate) details: Map<String, Value>,
    pub(crate) created_at: Timestamp,
    pub(crate) grants: Vec<Grant>,
}

/// What makes an account. Its first role is in its own group unless `grants` says otherwise.
#[derive(Debug, Clone)]
pub(crate) struct NewAdmin<'a> {
    pub(crate) username: &'a str,
    pub(crate) kind: AccountKind,
    pub(crate) password_hash: &'a str,
    pub(crate) first_name: &'a str,
    pub(crate) last_name: &'a str,
    pub(crate) email: &'a str,
    pub(crate) group: i64,
    pub(crate) details: &'a Map<String, Value>,
    pub(crate) grants: &'a [Grant],
    pub(crate) created_by: &'a str,
}

const COLUMNS: &str = "id, uuid, username, kind, password_hash, first_name, last_name, email, \
    organization_group_id, active, locked_until, last_login_at, details, created_at";

/// Every account with its roles.
pub(crate) async fn all(database: &Database) -> Result<Vec<Admin>, Error> {
    let sql = "select admin_id, role_id, organization_group_id from admin_roles order by admin_id, role_id";
    let mut grants: BTreeMap<i64, Vec<Grant>> = BTreeMap::new();
    for row in database.fetch(sql, args![]).await? {
        let grant = Grant { role: row.get("role_id")?, group: row.get("organization_group_id")? };
        grants.entry(row.get("admin_id")?).or_default().push(grant);
    }
    let rows = database.fetch(format!("select {COLUMNS} from admins order by id"), args![]).await?;
    let read = |row: &Row| {
        let mut admin = read(row)?;
        admin.grants = grants.remove(&admin.id).unwrap_or_default();
        Ok(admin)
    };
    rows.iter().map(read).collect()
}

pub(crate) async fn get(database: &Database, id: i64) -> Result<Option<Admin>, Error> {
    let sql = format!("select {COLUMNS} from admins where id = $1");
    let Some(row) = database.fetch_optional(sql, args![id]).await? else { return Ok(None) };
    let mut admin = read(&row)?;
    let sql = "select role_id, organization_group_id from admin_roles where admin_id = $1 order by role_id";
    for row in database.fetch(sql, args![id]).await? {
        admin.grants.push(Grant { role: row.get("role_id")?, group: row.get("organization_group_id")? });
    }
    Ok(Some(admin))
}

/// Id of the account with a name, whatever its case.
pub(crate) async fn id_of(tx: &mut Transaction, username: &str) -> Result<Option<i64>, Error> {
    let sql = "select id from admins where username_folded = $1";
    tx.fetch_optional(sql, args![username.to_lowercase()]).await?.map(|row| row.get("id")).transpose()
}

/// Makes an account; the name must be free.
pub(crate) async fn add(tx: &mut Transaction, admin: &NewAdmin<'_>, now: Timestamp) -> Result<(i64, Uuid), Error> {
    let uuid = Uuid::new_v4();
    let sql = "insert into admins (id, uuid, username, username_folded, kind, password_hash, first_name, last_name, \
               email, organization_group_id, active, details, created_by, created_at, updated_at) \
               select coalesce(max(id), 0) + 1, $1, $2, $3, $4, $5, $6, $7, $8, $9, 1, $10, $11, $12, $12 \
               from admins returning id";
    let args = args![
        uuid,
        admin.username,
        admin.username.to_lowercase(),
        admin.kind.as_str(),
        admin.password_hash,
        admin.first_name,
        admin.last_name,
        admin.email,
        admin.group,
        Value::Object(admin.details.clone()).to_string(),
        admin.created_by,
        now
    ];
    let id: i64 = tx.fetch_one(sql, args).await?.get("id")?;
    for grant in admin.grants {
        self::grant(tx, id, *grant).await?;
    }
    Ok((id, uuid))
}

/// Writes what is known of the person: names, address, home group, state and details.
pub(crate) async fn write(tx: &mut Transaction, admin: &Admin, now: Timestamp) -> Result<(), Error> {
    let sql = "update admins set username = $2, username_folded = $3, first_name = $4, last_name = $5, email = $6, \
               organization_group_id = $7, active = $8, details = $9, updated_at = $10 where id = $1";
    let args = args![
        admin.id,
        admin.username.as_str(),
        admin.username.to_lowercase(),
        admin.first_name.as_str(),
        admin.last_name.as_str(),
        admin.email.as_str(),
        admin.group,
        admin.active,
        Value::Object(admin.details.clone()).to_string(),
        now
    ];
    tx.execute(sql, args).await.map(|_| ())
}

/// A new password also ends a lock.
pub(crate) async fn set_password(tx: &mut Transaction, id: i64, hash: &str, now: Timestamp) -> Result<(), Error> {
    let sql = "update admins set password_hash = $2, locked_until = null, updated_at = $3 where id = $1";
    tx.execute(sql, args![id, hash, now]).await.map(|_| ())
}

pub(crate) async fn set_active(tx: &mut Transaction, id: i64, active: bool, now: Timestamp) -> Result<(), Error> {
    let sql = "update admins set active = $2, updated_at = $3 where id = $1";
    tx.execute(sql, args![id, active, now]).await.map(|_| ())
}

/// Locks an account until a moment, or unlocks it.
pub(crate) async fn set_lock(tx: &mut Transaction, id: i64, until: Option<Timestamp>) -> Result<(), Error> {
    tx.execute("update admins set locked_until = $2 where id = $1", args![id, until]).await.map(|_| ())
}

/// Writes when an account was last here.
pub(crate) async fn note_login(tx: &mut Transaction, id: i64, at: Timestamp) -> Result<(), Error> {
    tx.execute("update admins set last_login_at = $2 where id = $1", args![id, at]).await.map(|_| ())
}

/// Gives a role in a group; one that is there stays.
pub(crate) async fn grant(tx: &mut Transaction, id: i64, grant: Grant) -> Result<(), Error> {
    let sql = "insert into admin_roles (admin_id, role_id, organization_group_id) values ($1, $2, $3) \
               on conflict (admin_id, role_id, organization_group_id) do nothing";
    tx.execute(sql, args![id, grant.role, grant.group]).await.map(|_| ())
}

/// Takes a role in a group away. Answers whether it was there.
pub(crate) async fn revoke(tx: &mut Transaction, id: i64, grant: Grant) -> Result<bool, Error> {
    let sql = "delete from admin_roles where admin_id = $1 and role_id = $2 and organization_group_id = $3";
    Ok(tx.execute(sql, args![id, grant.role, grant.group]).await? > 0)
}

/// Removes an account with its roles; its certificates and its own keys are revoked.
pub(crate) async fn remove(tx: &mut Transaction, id: i64, now: Timestamp) -> Result<bool, Error> {
    tx.execute("delete from admin_roles where admin_id = $1", args![id]).await?;
    for table in ["admin_certificates", "api_keys"] {
        let sql = format!("update {table} set revoked_at = $2 where admin_id = $1 and revoked_at is null");
        tx.execute(sql, args![id, now]).await?;
    }
    Ok(tx.execute("delete from admins where id = $1", args![id]).await? > 0)
}

fn read(row: &Row) -> Result<Admin, Error> {
    let kind = match row.get::<String>("kind")?.as_str() {
        "ServiceAccount" => AccountKind::ServiceAccount,
        _ => AccountKind::Administrator,
    };
    Ok(Admin {
        id: row.get("id")?,
        uuid: row.get("uuid")?,
        username: row.get("username")?,
        kind,
        password_hash: row.get("password_hash")?,
        first_name: row.get("first_name")?,
        last_name: row.get("last_name")?,
        email: row.get("email")?,
        group: row.get("organization_group_id")?,
        active: row.get("active")?,
        locked_until: row.get("locked_until")?,
        last_login_at: row.get("last_login_at")?,
        details: serde_json::from_str(&row.get::<String>("details")?).unwrap_or_default(),
        created_at: row.get("created_at")?,
        grants: Vec::new(),
    })
}
