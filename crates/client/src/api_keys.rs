//! The keys that services call the tenant with: listed, made and revoked. Only the guide dialect has operations for
//! them, and a tenant that speaks the other one may have them too.

use muster_model::guide::{ApiKey, ApiKeysAdd, ApiKeysList, ApiKeysRevoke, NewApiKey};
use muster_model::ids::ApiKeyId;
use muster_model::{Call, Nothing};
use secrecy::SecretString;

use crate::{Client, Error, Writer};

impl Client {
    /// Every key that the caller sees, also those that are revoked or over. `Kind::NotFound` where the tenant has no
    /// such operation: keys are then made by hand in its console.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, Error> {
        self.read(Call::<ApiKeysList>::new((), Nothing)).await.map(|list| list.api_keys)
    }
}

impl Writer {
    /// Makes a key. `None` if it was made and the answer with its text was lost: nobody can read it again.
    pub async fn make_api_key(&self, key: &NewApiKey) -> Result<Option<(ApiKeyId, SecretString)>, Error> {
        let made = self.send(Call::<ApiKeysAdd>::with_body((), key.clone())).await?;
        Ok(made.map(|made| (made.id, SecretString::from(made.api_key.into_text()))))
    }

    /// Lets a key open nothing more, for ever.
    pub async fn revoke_api_key(&self, id: ApiKeyId) -> Result<(), Error> {
        self.send(Call::<ApiKeysRevoke>::new(id, Nothing)).await.map(|_| ())
    }
}
