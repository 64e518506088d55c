//! Keeps the text of a key that was just made, where the rotation says.

use async_trait::async_trait;
use jiff::Timestamp;
use muster_engine::Keeper;
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::Environment;
use crate::error::Failure;
use crate::secrets::{self, Settings, Surroundings};

/// One place for one key.
pub(super) struct Place {
    pub(super) reference: String,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) environment: Environment,
    pub(super) settings: Settings,
    pub(super) ask: bool,
}

impl Place {
    fn surroundings(&self) -> Surroundings<'_> {
        Surroundings { environment: &self.environment, settings: &self.settings, ask: self.ask }
    }

    /// Keeps it, and looks whether it is there.
    pub(super) async fn put(&self, secret: &SecretString) -> Result<(), Failure> {
        secrets::store(&self.reference, secret, self.expires_at, &self.surroundings()).await?;
        let kept = secrets::resolve(&self.reference, &self.surroundings()).await?;
        if kept.expose_secret() == secret.expose_secret() {
            return Ok(());
        }
        Err(Failure::internal(format!("{} gives back something else than was put there", self.reference)))
    }
}

#[async_trait]
impl Keeper for Place {
    async fn keep(&self, _name: &str, secret: &SecretString) -> Result<(), String> {
        self.put(secret).await.map_err(|failure| match failure.why.first() {
            Some(why) => format!("{} ({why})", failure.message),
            None => failure.message.clone(),
        })
    }

    async fn has(&self, _name: &str) -> bool {
        secrets::resolve(&self.reference, &self.surroundings()).await.is_ok()
    }
}
