//! The writing handle. There is one per connection, it cannot be cloned, and only the engine's runner holds it.

use muster_model::endpoint::Changing;
use muster_model::{Call, Endpoint};

use crate::request::Request;
use crate::retry::Manner;
use crate::retry::classify::looks_like_markup;
use crate::transport::read;
use crate::{Client, Error};

/// Changes one tenant. Not cloneable: whoever holds it is the only one who writes.
#[derive(Debug)]
pub struct Writer {
    client: Client,
}

impl Writer {
    pub(crate) fn new(client: Client) -> Self {
        Self { client }
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
        let request = Request::of::<E>(self.client.url(), &call.path, &call.query, &call.body)?;
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
