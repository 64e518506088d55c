//! Keys that sign: the certificate authority's and the tokens'. Whoever reads this table can sign as the
//! tenant, so a copy of the database is to be kept like a secret.

use muster_store::{Database, Error, args};

/// PEM texts; a key without a certificate has an empty one.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SigningKey {
    pub(crate) private_key: String,
    pub(crate) certificate: String,
}

pub(crate) async fn get(database: &Database, name: &str) -> Result<Option<SigningKey>, Error> {
    let sql = "select private_key, certificate from signing_keys where name = $1";
    let row = database.fetch_optional(sql, args![name]).await?;
    row.map(|row| Ok(SigningKey { private_key: row.get("private_key")?, certificate: row.get("certificate")? }))
        .transpose()
}

/// Keeps a key unless there is one already, and answers the one that is there.
pub(crate) async fn keep(database: &Database, name: &str, key: &SigningKey) -> Result<SigningKey, Error> {
    let sql = "insert into signing_keys (name, private_key, certificate) values ($1, $2, $3) \
               on conflict (name) do nothing";
    database.execute(sql, args![name, key.private_key.as_str(), key.certificate.as_str()]).await?;
    Ok(get(database, name).await?.unwrap_or_else(|| key.clone()))
}
