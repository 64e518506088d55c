//! A tenant in process and a client of it for each dialect.

use std::time::Duration;

use muster_client::{Client, Credentials, Dialect, Settings, Writer, connect};
use muster_uem::Running;

/// A tenant of 300 devices, and both handles in both dialects.
pub(crate) struct Stage {
    pub(crate) uem: Running,
    pub(crate) dialects: Vec<(Client, Writer)>,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        let uem = tenant().await;
        let mut dialects = Vec::new();
        for dialect in Dialect::ALL {
            let given = Settings { dialect: Some(dialect), ..settings(&uem) };
            dialects.push(connect(given).await.expect("connects"));
        }
        Self { uem, dialects }
    }

    pub(crate) fn clients(&self) -> [&Client; 2] {
        [&self.dialects[0].0, &self.dialects[1].0]
    }
}

pub(crate) async fn tenant() -> Running {
    let settings = muster_uem::Settings { devices: 300, ..muster_uem::Settings::in_memory() };
    muster_uem::start(settings).await.expect("starts")
}

/// Basic authentication, small pages, short waits.
pub(crate) fn settings(uem: &Running) -> Settings {
    let credentials = Credentials::Basic {
        username: uem.ready.username.clone(),
        password: uem.ready.password.clone().into(),
        tenant_code: uem.ready.tenant_code.clone().into(),
    };
    let mut settings = Settings::new(uem.url.clone(), credentials);
    settings.page_size = 50;
    settings.rate.per_second = 10_000.0;
    settings.retry.base = Duration::from_millis(2);
    settings
}

pub(crate) fn oauth(uem: &Running) -> Settings {
    let oauth = &uem.ready.oauth;
    let credentials = Credentials::OAuth {
        token_url: oauth.token_url.parse().expect("a URL"),
        client_id: oauth.client_id.clone(),
        client_secret: oauth.client_secret.clone().into(),
        tenant_code: None,
    };
    Settings { credentials, ..settings(uem) }
}
