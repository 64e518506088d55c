//! The reading handle. It is cloned freely; everything above this crate that only looks uses it.

use std::sync::Arc;

use muster_model::endpoint::Reading;
use muster_model::{Call, Endpoint, Nothing, Paged};
use url::Url;

use crate::pages::Pages;
use crate::request::Request;
use crate::retry::Manner;
use crate::transport::{Transport, read};
use crate::{Dialect, Error, SignIn, Statistics};

/// Reads from one tenant. Cheap to clone; clones share connections, token, quota and counters.
#[derive(Clone)]
pub struct Client {
    transport: Arc<Transport>,
    dialect: Dialect,
    paging: Paging,
    /// Whether remembered answers will do.
    remembers: bool,
}

/// How lists are read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paging {
    pub(crate) size: u32,
    pub(crate) lanes: usize,
}

impl Client {
    pub(crate) fn new(transport: Transport, dialect: Dialect, paging: Paging) -> Self {
        Self { transport: Arc::new(transport), dialect, paging, remembers: true }
    }

    /// The dialect spoken with this tenant.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The tenant's address, without `/api`.
    pub fn url(&self) -> &Url {
        &self.transport.base
    }

    /// Counters since the connection was made.
    pub fn statistics(&self) -> Statistics {
        self.transport.counters.snapshot()
    }

    /// The tenant's present time, as far as it is known: the clock of its answers, carried forward. Answers
    /// count whole seconds, so this may be up to a second early. `None` before the first answer.
    pub fn server_time(&self) -> Option<jiff::Timestamp> {
        self.transport.clock.now()
    }

    /// How the present credentials sign in, and for how long they are good.
    pub async fn sign_in(&self) -> SignIn {
        self.transport.auth.sign_in().await
    }

    /// The same client, which asks the tenant even where an answer is remembered: for reading back what was changed.
    #[must_use]
    pub fn fresh(&self) -> Self {
        Self { remembers: false, ..self.clone() }
    }

    /// Calls one reading endpoint.
    pub async fn read<E>(&self, call: Call<E>) -> Result<E::Answer, Error>
    where
        E: Endpoint,
        E::Effect: Reading,
    {
        let mut request = Request::of::<E>(self.url(), &call.path, &call.query, &call.body)?;
        request.remembered = self.remembers;
        read::<E>(&self.transport.send(&request, Manner::Usual).await?, self.transport.host())
    }

    /// A list, read page by page. What the query says about pages is overwritten.
    pub fn pages<E>(&self, path: E::Path, query: E::Query) -> Pages<E>
    where
        E: Paged + Endpoint<Body = Nothing>,
        E::Query: Clone,
    {
        Pages::new(self.clone(), self.paging, path, query)
    }

    pub(crate) fn transport(&self) -> &Transport {
        &self.transport
    }

    pub(crate) fn remembers(&self) -> bool {
        self.remembers
    }

    pub(crate) fn paging(&self) -> Paging {
        self.paging
    }
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("url", &self.url().as_str())
            .field("dialect", &self.dialect)
            .finish_non_exhaustive()
    }
}
