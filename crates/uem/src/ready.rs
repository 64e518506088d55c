//! The ready file: all that a client needs to speak to a tenant, written once the tenant listens.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::Error;
use crate::secret::write_private;

/// How to reach and enter a tenant. Its `Debug` shows no secret; what it serialises to does.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ready {
    /// Without a trailing slash.
    pub url: String,
    pub tenant_code: String,
    pub username: String,
    pub password: String,
    pub oauth: ReadyOAuth,
    pub organization_group: ReadyGroup,
    /// The certificate that a client has to trust, with TLS. Known once the file is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    /// The same, as PEM.
    #[serde(skip)]
    pub ca_pem: Option<String>,
    /// Where the laboratory is, if it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lab: Option<ReadyLab>,
}

/// The laboratory, whose token opens nothing else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadyLab {
    pub url: String,
    pub token: String,
}

#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadyOAuth {
    pub token_url: String,
    pub client_id: String,
    pub client_secret: String,
}

/// The topmost organization group of the tenant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadyGroup {
    pub id: i64,
    pub uuid: Uuid,
    pub group_id: String,
    pub name: String,
}

impl Ready {
    /// Writes the file readable by its owner only, whole or not at all; with TLS, the certificate that clients have
    /// to trust beside it, under the same name with the ending `ca.pem`.
    ///
    /// # Errors
    /// [`Error::File`] if the folder is missing or not writable.
    pub fn write(&self, path: &Path) -> Result<(), Error> {
        let failed = |source| Error::File { path: path.to_owned(), source };
        let mut ready = self.clone();
        if let Some(pem) = &self.ca_pem {
            let beside = std::path::absolute(path).map_err(failed)?.with_extension("ca.pem");
            write_private(&beside, pem.as_bytes())?;
            ready.ca_file = Some(beside);
        }
        let mut text = serde_json::to_vec_pretty(&ready).map_err(|source| failed(source.into()))?;
        text.push(b'\n');
        write_private(path, &text)
    }
}

impl std::fmt::Debug for Ready {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ready")
            .field("url", &self.url)
            .field("username", &self.username)
            .field("organization_group", &self.organization_group)
            .finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ReadyLab {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadyLab").field("url", &self.url).finish_non_exhaustive()
    }
}

impl std::fmt::Debug for ReadyOAuth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ReadyOAuth")
            .field("token_url", &self.token_url)
            .field("client_id", &self.client_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_has_no_secret_and_the_file_is_private() {
        let ready = Ready {
            url: "http://127.0.0.1:1".into(),
            tenant_code: "secret-code".into(),
            username: "admin".into(),
            password: "secret-password".into(),
            oauth: ReadyOAuth {
                token_url: "http://127.0.0.1:1/connect/token".into(),
                client_id: "client".into(),
                client_secret: "secret-secret".into(),
            },
            organization_group: ReadyGroup { id: 1, uuid: Uuid::nil(), group_id: "g".into(), name: "G".into() },
            ca_file: None,
            ca_pem: None,
            lab: Some(ReadyLab { url: "http://127.0.0.1:2".into(), token: "secret-token".into() }),
        };
        assert!(!format!("{ready:?} {:?} {:?}", ready.oauth, ready.lab).contains("secret-"));

        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ready.json");
        ready.write(&path).expect("writes");
        ready.write(&path).expect("writes over what is there");
        let text = std::fs::read_to_string(&path).expect("reads");
        assert_eq!(serde_json::from_str::<Ready>(&text).expect("parses"), ready);
        assert_eq!(std::fs::read_dir(folder.path()).expect("lists").count(), 1, "no temporary file stays");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(&path).expect("is there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
}
