//! The writing handle. There is one per connection, it cannot be cloned, and only the engine's runner holds it.

use std::sync::Arc;

use muster_model::endpoint::Changing;
use muster_model::{Call, Endpoint};

use crate::request::Request;
use crate::retry::Manner;
use crate::retry::classify::looks_like_markup;
use crate::transport::read;
use crate::{Client, Error};

/// Changes one tenant. Not cloneable: whoever holds it is the only one who writes.
pub struct Writer {
    client: Client,
    proviso: Option<Proviso>,
}

/// Whether a request may leave now.
pub(crate) type Proviso = Arc<dyn Fn() -> bool + Send + Sync>;

impl Writer {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, proviso: None }
    }

    /// The same handle, whose requests leave only while something holds. That is asked at the last moment and for every
    /// attempt: waiting for a permit, for a connection, or because the tenant asked for it may take long.
    /// [`Error::Withdrawn`] is what comes when it holds no more.
    #[must_use]
    pub fn while_holds(&self, holds: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self { client: self.client.clone(), proviso: Some(Arc::new(holds)) }
    }

    pub(crate) fn proviso(&self) -> Option<Proviso> {
        self.proviso.clone()
    }

    /// For the reads that a write needs first.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// Calls one changing endpoint. `None` if the tenant did it and what it said about it was lost or is not
    /// of the form on record: that is no failure of the write.
    pub async fn send<E>(&self, call: Call<E>) -> Result<Option<E::Answer>, Error>
    where
        E: Endpoint,
        E::Effect: Changing,
    {
        let transport = self.client.transport();
        let mut request = Request::of::<E>(self.client.url(), &call.path, &call.query, &call.body)?;
        request.proviso = self.proviso();
        let reply = transport.send(&request, Manner::Usual).await?;
        Ok(match read::<E>(&reply, transport.host()) {
            Ok(answer) => Some(answer),
            // A proxy's or a login page with status 200: whether the API saw the write, only reading tells.
            Err(page @ Error::NotTheApi { .. }) if looks_like_markup(reply.body.as_deref().unwrap_or_default()) => {
                return Err(page);
            }
            Err(error) => {
                tracing::warn!(endpoint = E::NAME, %error, "the write was carried out; its answer says nothing");
                None
            }
        })
    }
}

impl std::fmt::Debug for Writer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Writer").field("client", &self.client).finish_non_exhaustive()
    }
}
