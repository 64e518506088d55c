//! The credentials of the first start, and the file that keeps them.
//!
//! The database holds only hashes. But the ready file, which hands the credentials to clients, has to
//! be written again after every restart, so they are also kept in `credentials.json` beside the
//! database, for the owner's eyes only (mode 0600). Whoever can read that file could read and change
//! the database too. Removing it makes the next start give out new credentials.

use std::path::Path;

use jiff::Timestamp;
use muster_store::Database;
use serde::{Deserialize, Serialize};

use crate::authority::password;
use crate::authority::roles::{BUILT_IN, SYSTEM_ADMINISTRATOR};
use crate::error::Error;
use crate::secret;
use crate::store::access::first::{self, First};
use crate::store::access::roles;
use crate::store::{self, tenant};

/// The file of a tenant's folder that keeps them.
pub(crate) const FILE: &str = "credentials.json";

/// Name of the administrator that the first start makes.
const USERNAME: &str = "api-service-account";

#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Credentials {
    pub(crate) tenant_code: String,
    pub(crate) username: String,
    pub(crate) password: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: String,
}

impl Credentials {
    /// Reads the file, or makes new credentials and writes them.
    pub(crate) fn keep_in(path: &Path) -> Result<Self, Error> {
        if let Some(kept) = Self::kept_in(path)? {
            return Ok(kept);
        }
        let made = Self::random()?;
        made.write(path)?;
        Ok(made)
    }

    /// Reads the file, if there is one.
    pub(crate) fn kept_in(path: &Path) -> Result<Option<Self>, Error> {
        match std::fs::read(path) {
            Ok(text) => serde_json::from_slice(&text)
                .map(Some)
                .map_err(|source| Error::Credentials { path: path.to_owned(), source }),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(Error::File { path: path.to_owned(), source }),
        }
    }

    pub(crate) fn write(&self, path: &Path) -> Result<(), Error> {
        let text =
            serde_json::to_vec_pretty(self).map_err(|source| Error::Credentials { path: path.to_owned(), source })?;
        secret::write_private(path, &text)
    }

    /// Lets these in, unless that was done before: what changed since stays changed, such as a password.
    pub(crate) async fn admit(&self, database: &Database, now: Timestamp) -> Result<(), Error> {
        const ADMITTED: &str = "credentials.admitted";
        let text = [&self.tenant_code, &self.username, &self.password, &self.client_id, &self.client_secret];
        let mark = secret::hash(&text.map(String::as_str).join("\n"));
        let known = tenant::setting(database, ADMITTED).await?.is_some_and(|known| secret::same(&known, &mark));
        let built_in = BUILT_IN.iter().map(|role| (role.id, role.name, role.description, role.rights.to_owned()));
        let mut tx = store::begin(database).await?;
        roles::keep_built_in(&mut tx, built_in, now).await?;
        // The tables of accounts may be newer than the mark, after an update of the program.
        if !known || !first::is_admitted(&mut tx).await? {
            let password_hash = password::hash(&self.password)?;
            let first = First {
                username: &self.username,
                password_hash: &password_hash,
                key_hash: &secret::hash(&self.tenant_code),
                client_id: &self.client_id,
                client_secret_hash: &secret::hash(&self.client_secret),
                group: tenant::ROOT_GROUP,
                role: SYSTEM_ADMINISTRATOR,
            };
            first::admit(&mut tx, &first, now).await?;
        }
        tx.commit().await?;
        if !known {
            tenant::set_setting(database, ADMITTED, &mark).await?;
        }
        Ok(())
    }

    pub(crate) fn random() -> Result<Self, Error> {
        Ok(Self {
            tenant_code: secret::random_key()?,
            username: USERNAME.to_owned(),
            password: secret::random()?,
            client_id: uuid::Uuid::new_v4().simple().to_string(),
            client_secret: secret::random()?,
        })
    }
}
