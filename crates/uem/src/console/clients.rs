//! OAuth clients: the secret is shown once.

use super::{Desk, Done, Objection, missing, named};
use crate::secret;
use crate::store::access::clients::{self, Client, NewClient};

/// What makes a client.
pub(crate) struct NewOauthClient<'a> {
    pub(crate) name: &'a str,
    pub(crate) group: i64,
    /// By id, UUID or name.
    pub(crate) role: &'a str,
    pub(crate) daily_quota: Option<u64>,
}

impl Desk<'_> {
    /// Also those that are revoked.
    pub(crate) async fn clients(&self) -> Done<Vec<Client>> {
        let mut all = clients::all(self.database).await?;
        all.retain(|client| self.scope.sees(client.group));
        Ok(all)
    }

    /// A client and its secret, which nobody can read again.
    pub(crate) async fn add_client(&self, new: &NewOauthClient<'_>) -> Done<(Client, String)> {
        named("Name", new.name)?;
        self.sees(new.group).await?;
        let role = self.role(new.role).await?;
        self.may_give(&role.rights)?;
        let text = secret::random()?;
        let (client_id, secret_hash) = (uuid::Uuid::new_v4().simple().to_string(), secret::hash(&text));
        let row = NewClient {
            client_id: &client_id,
            name: new.name.trim(),
            secret_hash: &secret_hash,
            group: new.group,
            role: role.id,
            daily_quota: new.daily_quota,
            created_by: self.by,
        };
        let mut tx = self.begin().await?;
        let client = clients::add(&mut tx, &row, self.now).await?;
        tx.commit().await?;
        Ok((client, text))
    }

    /// Revokes a client, named by its id or its client id.
    pub(crate) async fn revoke_client(&self, text: &str) -> Done<()> {
        let id = text.parse::<i64>().ok();
        let all = self.clients().await?;
        let Some(client) = all.iter().find(|client| client.client_id == text || Some(client.id) == id) else {
            return missing("OAuth client", text);
        };
        let mut tx = self.begin().await?;
        if !clients::revoke(&mut tx, client.id, self.now).await? {
            return Err(Objection::Conflict(format!("The OAuth client {text} is revoked already.")));
        }
        tx.commit().await?;
        Ok(())
    }
}
