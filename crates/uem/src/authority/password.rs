//! Passwords: Argon2id, a few at a time, and as much work for a name that nobody has.

use std::num::NonZero;
use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

use crate::error::Error;

/// 19 MiB, two passes, one lane: about 20 ms of one core.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;

/// Hashes and checks passwords. Each takes a core and 19 MiB, so no more run at once than there are cores.
pub(crate) struct Passwords {
    permits: Semaphore,
    /// In the thread that asks, and not in one of its own.
    inline: bool,
    /// What a password is compared with when there is no account.
    nobody: Arc<str>,
}

impl Passwords {
    pub(crate) fn new() -> Result<Self, Error> {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let nobody = hash("nobody has this password")?.into();
        Ok(Self { permits: Semaphore::new(cores), inline: false, nobody })
    }

    /// The same, in the thread that asks.
    pub(crate) fn inline(self, inline: bool) -> Self {
        Self { inline, ..self }
    }

    /// Whether a password is the one of a hash. Without a hash it is not, which takes as long to say.
    pub(crate) async fn check(&self, hash: Option<Arc<str>>, password: String) -> bool {
        // The semaphore is never closed.
        let _permit = self.permits.acquire().await;
        let real = hash.as_ref().is_some_and(|hash| !hash.is_empty());
        let hash = hash.filter(|_| real).unwrap_or_else(|| Arc::clone(&self.nobody));
        if self.inline {
            return real && is(&hash, &password);
        }
        let checked = tokio::task::spawn_blocking(move || is(&hash, &password)).await;
        real && checked.unwrap_or(false)
    }

    pub(crate) async fn hash(&self, password: String) -> Result<String, Error> {
        let _permit = self.permits.acquire().await;
        if self.inline {
            return hash(&password);
        }
        tokio::task::spawn_blocking(move || hash(&password)).await.map_err(|_| Error::Crypto("a password's hash"))?
    }
}

fn argon2id() -> Argon2<'static> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).unwrap_or(Params::DEFAULT);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// The PHC text of a password, with a salt of its own. Takes a while: not for a thread that serves.
pub(crate) fn hash(password: &str) -> Result<String, Error> {
    let hash = argon2id().hash_password(password.as_bytes()).map_err(|_| Error::Crypto("a password's hash"))?;
    Ok(hash.to_string())
}

fn is(hash: &str, password: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| argon2id().verify_password(password.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_argon2id_salted_and_opens_for_its_password_only() {
        let (one, other) = (hash("secret").expect("hashes"), hash("secret").expect("hashes"));
        assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
        assert_ne!(one, other);
        assert!(is(&one, "secret") && is(&other, "secret"));
        assert!(!is(&one, "Secret") && !is("", "secret") && !is("plain", "plain"));
    }

    #[tokio::test]
    async fn no_account_has_no_right_password() {
        let passwords = Passwords::new().expect("starts");
        let hash: Arc<str> = passwords.hash("p".to_owned()).await.expect("hashes").into();
        assert!(passwords.check(Some(hash), "p".to_owned()).await);
        for nobody in [None, Some(Arc::from(""))] {
            assert!(!passwords.check(nobody, "nobody has this password".to_owned()).await);
        }
    }
}
