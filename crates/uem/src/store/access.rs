//! Who may call, as hashes: administrators, API keys, OAuth clients and their tokens.

use jiff::Timestamp;
use muster_store::{Database, Error, args};

pub(crate) struct Access {
    pub(crate) admins: Vec<Admin>,
    /// Hashes.
    pub(crate) api_keys: Vec<String>,
    pub(crate) clients: Vec<Client>,
}

pub(crate) struct Admin {
    pub(crate) username: String,
    pub(crate) password_hash: String,
}

pub(crate) struct Client {
    pub(crate) client_id: String,
    pub(crate) secret_hash: String,
}

pub(crate) struct Token {
    pub(crate) client_id: String,
    pub(crate) expires_at: Timestamp,
}

pub(crate) async fn load(database: &Database) -> Result<Access, Error> {
    let admins = database.fetch("select username, password_hash from admins order by id", args![]).await?;
    let keys = database.fetch("select hash from api_keys", args![]).await?;
    let clients = database.fetch("select client_id, secret_hash from oauth_clients", args![]).await?;
    Ok(Access {
        admins: admins
            .iter()
            .map(|row| Ok(Admin { username: row.get("username")?, password_hash: row.get("password_hash")? }))
            .collect::<Result<_, Error>>()?,
        api_keys: keys.iter().map(|row| row.get("hash")).collect::<Result<_, Error>>()?,
        clients: clients
            .iter()
            .map(|row| Ok(Client { client_id: row.get("client_id")?, secret_hash: row.get("secret_hash")? }))
            .collect::<Result<_, Error>>()?,
    })
}

/// All tokens by their hashes, also those that are over.
pub(crate) async fn tokens(database: &Database) -> Result<Vec<(String, Token)>, Error> {
    let rows = database.fetch("select hash, client_id, expires_at from access_tokens", args![]).await?;
    rows.iter()
        .map(|row| {
            let token = Token { client_id: row.get("client_id")?, expires_at: row.get("expires_at")? };
            Ok((row.get("hash")?, token))
        })
        .collect()
}

/// Keeps a new token and drops those that are over.
pub(crate) async fn keep_token(database: &Database, hash: &str, token: &Token, now: Timestamp) -> Result<(), Error> {
    let mut tx = super::begin(database).await?;
    tx.execute("delete from access_tokens where expires_at <= $1", args![now]).await?;
    tx.execute(
        "insert into access_tokens (hash, client_id, expires_at) values ($1, $2, $3)",
        args![hash, token.client_id.as_str(), token.expires_at],
    )
    .await?;
    tx.commit().await
}
