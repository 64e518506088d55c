//! The identities that the first start gives out: one administrator, one API key, one OAuth client.

use jiff::Timestamp;
use muster_store::{Error, Transaction, args};
use uuid::Uuid;

/// What the first start gave out, hashed.
#[derive(Debug, Clone)]
pub(crate) struct First<'a> {
    pub(crate) username: &'a str,
    pub(crate) password_hash: &'a str,
    pub(crate) key_hash: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) client_secret_hash: &'a str,
    pub(crate) group: i64,
    pub(crate) role: i64,
}

/// Whether the first administrator, key and client are there, or were removed on purpose.
pub(crate) async fn is_admitted(tx: &mut Transaction) -> Result<bool, Error> {
    Ok(tx.fetch_optional("select id from oauth_clients where id = 1", args![]).await?.is_some())
}

/// Lets these in, in place of those that an earlier file of credentials gave out.
pub(crate) async fn admit(tx: &mut Transaction, first: &First<'_>, now: Timestamp) -> Result<(), Error> {
    const BY: &str = "first start";
    tx.execute(
        "insert into admins (id, uuid, username, username_folded, kind, password_hash, first_name, last_name, email, \
         organization_group_id, active, details, created_by, created_at, updated_at) \
         values (1, $1, $2, $3, 'ServiceAccount', $4, 'API', 'Service Account', '', $5, 1, '{}', $6, $7, $7) \
         on conflict (id) do update set username = excluded.username, username_folded = excluded.username_folded, \
         password_hash = excluded.password_hash, active = 1, locked_until = null, updated_at = excluded.updated_at",
        args![Uuid::new_v4(), first.username, first.username.to_lowercase(), first.password_hash, first.group, BY, now],
    )
    .await?;
    let grant = super::admins::Grant { role: first.role, group: first.group };
    super::admins::grant(tx, 1, grant).await?;
    tx.execute(
        "insert into api_keys (id, uuid, service, account_type, organization_group_id, hash, rights, networks, \
         used_day, used_count, created_by, created_at) values (1, $1, 'first start', 'Admin', $2, $3, '', '', 0, 0, \
         $4, $5) on conflict (id) do update set hash = excluded.hash, previous_hash = null, previous_until = null, \
         revoked_at = null",
        args![Uuid::new_v4(), first.group, first.key_hash, BY, now],
    )
    .await?;
    tx.execute(
        "insert into oauth_clients (id, uuid, client_id, name, secret_hash, organization_group_id, role_id, used_day, \
         used_count, created_by, created_at) values (1, $1, $2, 'first start', $3, $4, $5, 0, 0, $6, $7) \
         on conflict (id) do update set client_id = excluded.client_id, secret_hash = excluded.secret_hash, \
         revoked_at = null",
        args![Uuid::new_v4(), first.client_id, first.client_secret_hash, first.group, first.role, BY, now],
    )
    .await?;
    Ok(())
}
