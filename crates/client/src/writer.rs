//! The writing handle. There is one per connection, it cannot be cloned, and only the engine's runner holds it.

use crate::Client;

/// Changes one tenant. Not cloneable: whoever holds it is the only one who writes.
#[derive(Debug)]
pub struct Writer {
    client: Client,
}

impl Writer {
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn new(client: Client) -> Self {
        Self { client }
    }
}
