//! The credentials of the first start, and the file that keeps them.
//!
//! The database holds only hashes. But the ready file, which hands the credentials to clients, has to
//! be written again after every restart, so they are also kept in `credentials.json` beside the
//! database, for the owner's eyes only (mode 0600). Whoever can read that file could read and change
//! the database too. Removing it makes the next start give out new credentials.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::secret;

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
        match std::fs::read(path) {
            Ok(text) => {
                serde_json::from_slice(&text).map_err(|source| Error::Credentials { path: path.to_owned(), source })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let made = Self::random()?;
                let text = serde_json::to_vec_pretty(&made)
                    .map_err(|source| Error::Credentials { path: path.to_owned(), source })?;
                secret::write_private(path, &text)?;
                Ok(made)
            }
            Err(source) => Err(Error::File { path: path.to_owned(), source }),
        }
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
