//! A tenant in process and a client of it for each dialect.

use std::sync::Arc;
use std::time::Duration;

use muster_client::{Client, Credentials, Dialect, SecretIn, Settings, Writer, connect};
use muster_uem::Running;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use serde_json::Value;

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

/// The same by TLS, with the tenant's own authority.
pub(crate) async fn secure() -> Running {
    let tls = Some(muster_uem::Tls::default());
    let settings = muster_uem::Settings { devices: 300, tls, ..muster_uem::Settings::in_memory() };
    muster_uem::start(settings).await.expect("starts")
}

/// What an administrator does in the console, by its API; it has to succeed.
pub(crate) async fn console(uem: &Running, method: &str, path: &str, body: Value) -> Value {
    let mut roots = rustls::RootCertStore::empty();
    if let Some(pem) = &uem.ready.ca_pem {
        roots.add_parsable_certificates(CertificateDer::pem_slice_iter(pem.as_bytes()).map(|one| one.expect("PEM")));
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    let http = reqwest::Client::builder().tls_backend_preconfigured(tls).no_proxy().build().expect("a client");
    let url = uem.url.join(path).expect("a URL");
    let request = http
        .request(method.parse().expect("a method"), url)
        .basic_auth(&uem.ready.username, Some(&uem.ready.password))
        .header("aw-tenant-code", &uem.ready.tenant_code)
        .header("Content-Type", "application/json");
    let request = if body.is_null() { request } else { request.body(body.to_string()) };
    let answer = request.send().await.expect("an answer");
    let (status, text) = (answer.status(), answer.text().await.expect("a text"));
    assert!(status.is_success(), "{method} {path}: {status} {text}");
    serde_json::from_str(&text).unwrap_or_default()
}

/// Basic authentication, small pages, short waits.
pub(crate) fn settings(uem: &Running) -> Settings {
    let credentials = Credentials::Basic {
        username: uem.ready.username.clone(),
        password: uem.ready.password.clone().into(),
        tenant_code: uem.ready.tenant_code.clone().into(),
    };
    let mut settings = Settings::new(uem.url.clone(), credentials);
    settings.extra_roots_pem = uem.ready.ca_pem.clone().map(String::into_bytes);
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
        secret_in: SecretIn::Body,
        tenant_code: None,
    };
    Settings { credentials, ..settings(uem) }
}
