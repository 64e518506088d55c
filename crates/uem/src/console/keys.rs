//! API keys: shown once, stored hashed.

use jiff::{SignedDuration, Timestamp};

use super::{Desk, Done, Objection, missing, named};
use crate::authority::network::Network;
use crate::authority::rights::Rights;
use crate::secret;
use crate::store::access::keys::{self, AccountType, Key, NewKey};

/// The longest time for which a rotated key opens beside its successor.
const LONGEST_OVERLAP: SignedDuration = SignedDuration::from_hours(30 * 24);

/// What makes a key.
pub(crate) struct NewApiKey<'a> {
    pub(crate) service: &'a str,
    pub(crate) account_type: AccountType,
    pub(crate) group: i64,
    /// The account that the key signs in by itself.
    pub(crate) admin: Option<i64>,
    /// Empty restricts nothing.
    pub(crate) rights: &'a str,
    pub(crate) networks: &'a str,
    pub(crate) daily_quota: Option<u64>,
    pub(crate) expires_at: Option<Timestamp>,
}

impl Desk<'_> {
    /// Also those that are revoked or over.
    pub(crate) async fn keys(&self) -> Done<Vec<Key>> {
        let mut all = keys::all(self.database).await?;
        all.retain(|key| self.scope.sees(key.group));
        Ok(all)
    }

    pub(crate) async fn key(&self, id: i64) -> Done<Key> {
        match keys::get(self.database, id).await? {
            Some(key) if self.scope.sees(key.group) => Ok(key),
            _ => missing("API key", id),
        }
    }

    /// A key and its text, which nobody can read again.
    pub(crate) async fn add_key(&self, new: &NewApiKey<'_>) -> Done<(Key, String)> {
        named("Service", new.service)?;
        self.sees(new.group).await?;
        Rights::parse(new.rights).map_err(|word| Objection::Invalid(format!("There is no right '{word}'.")))?;
        Network::parse_all(new.networks)
            .map_err(|word| Objection::Invalid(format!("'{word}' is no network, such as 10.0.0.0/8.")))?;
        if new.expires_at.is_some_and(|moment| moment <= self.now) {
            return Err(Objection::Invalid("The expiry is over already.".to_owned()));
        }
        if let Some(admin) = new.admin {
            // Whoever holds the key is that account.
            self.may_be(&self.account(admin).await?).await?;
        }
        let text = secret::random_key()?;
        let hash = secret::hash(&text);
        let row = NewKey {
            service: new.service.trim(),
            account_type: new.account_type,
            group: new.group,
            admin: new.admin,
            hash: &hash,
            rights: new.rights,
            networks: new.networks,
            daily_quota: new.daily_quota,
            expires_at: new.expires_at,
            created_by: self.by,
        };
        let mut tx = self.begin().await?;
        let key = keys::add(&mut tx, &row, self.now).await?;
        tx.commit().await?;
        Ok((key, text))
    }

    /// A new text for a key; the old one opens for as long as `overlap` says.
    pub(crate) async fn rotate_key(&self, id: i64, overlap: SignedDuration) -> Done<(Key, String)> {
        let key = self.key(id).await?;
        if overlap.is_negative() || overlap > LONGEST_OVERLAP {
            return Err(Objection::Invalid("The overlap is between 0 and 720 hours.".to_owned()));
        }
        if let Some(admin) = key.admin {
            self.may_be(&self.account(admin).await?).await?;
        }
        let text = secret::random_key()?;
        let until = self.now.saturating_add(overlap).unwrap_or(self.now);
        let mut tx = self.begin().await?;
        if !keys::rotate(&mut tx, id, &secret::hash(&text), until).await? {
            return Err(Objection::Conflict(format!("The API key {id} is revoked.")));
        }
        tx.commit().await?;
        Ok((self.key(id).await?, text))
    }

    pub(crate) async fn revoke_key(&self, id: i64) -> Done<()> {
        self.key(id).await?;
        let mut tx = self.begin().await?;
        if !keys::revoke(&mut tx, id, self.now).await? {
            return Err(Objection::Conflict(format!("The API key {id} is revoked already.")));
        }
        tx.commit().await?;
        Ok(())
    }
}
