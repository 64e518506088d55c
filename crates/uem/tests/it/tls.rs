//! TLS: the tenant's own authority, who is let in by it, and what is refused without it.

use std::sync::Arc;

use muster_store::args;
use muster_uem::{Kind, Pace, Settings, Tls, start};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore};

use crate::caller::{Caller, read};

/// A client that trusts only this authority, and shows a certificate if it has one.
fn trusting(authority: &str, identity: Option<(&str, &str)>) -> reqwest::Client {
    let certificates = |pem: &str| {
        CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<Result<Vec<_>, _>>().expect("certificates")
    };
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(certificates(authority));
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots);
    let config = match identity {
        None => config.with_no_client_auth(),
        Some((chain, key)) => {
            let key = PrivateKeyDer::from_pem_slice(key.as_bytes()).expect("a key");
            config.with_client_auth_cert(certificates(chain), key).expect("an identity")
        }
    };
    let client = reqwest::Client::builder().tls_backend_preconfigured(config).no_proxy();
    client.retry(reqwest::retry::never()).build().expect("a client")
}

async fn secure(settings: Settings) -> Caller {
    let caller = Caller::of(Settings { tls: Some(Tls { names: vec!["uem.example".into()] }), ..settings }).await;
    let authority = caller.tenant.ready.ca_pem.clone().expect("an authority");
    Caller { http: trusting(&authority, None), ..caller }
}

#[tokio::test]
async fn whoever_trusts_the_authority_is_served_and_knows_the_server() {
    let caller = secure(Settings::in_memory()).await;
    assert!(caller.tenant.ready.url.starts_with("https://127.0.0.1:"), "{}", caller.tenant.ready.url);
    assert!(caller.tenant.ready.oauth.token_url.starts_with("https://"));
    assert_eq!(caller.get("/api/system/info").await.status, 200);
    let port = caller.tenant.url.port().expect("a port");
    // By any of its names, also those that lead here only in a test.
    let authority = caller.tenant.ready.ca_pem.clone().expect("an authority");
    for name in ["localhost", "uem.example"] {
        let answer = named(&authority, name, port).await.expect("an answer");
        assert_eq!(answer.status(), 200, "{name}");
    }
    let error = named(&authority, "other.example", port).await.expect_err("another name");
    assert!(format!("{error:?}").contains("NotValidForName"), "{error:?}");
}

async fn named(authority: &str, name: &str, port: u16) -> reqwest::Result<reqwest::Response> {
    let roots = CertificateDer::pem_slice_iter(authority.as_bytes()).collect::<Result<Vec<_>, _>>().expect("reads");
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots);
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(store)
        .with_no_client_auth();
    let client = reqwest::Client::builder().tls_backend_preconfigured(config).no_proxy();
    let client = client.resolve(name, ([127, 0, 0, 1], port).into()).build().expect("a client");
    client.get(format!("https://{name}:{port}/healthz")).send().await
}

#[tokio::test]
async fn who_does_not_trust_it_and_who_speaks_plainly_gets_nothing() {
    let caller = secure(Settings::in_memory()).await;
    let other = secure(Settings { seed: 2, ..Settings::in_memory() }).await;
    let foreign = trusting(other.tenant.ready.ca_pem.as_deref().expect("an authority"), None);
    let error = foreign.get(format!("{}/healthz", caller.tenant.ready.url)).send().await.expect_err("a stranger");
    assert!(
        format!("{error:?}").contains("UnknownIssuer") || format!("{error:?}").contains("BadSignature"),
        "{error:?}"
    );
    let plain = caller.tenant.ready.url.replace("https://", "http://");
    assert!(crate::caller::client().get(format!("{plain}/healthz")).send().await.is_err());
    // One who connects and says nothing keeps nobody out.
    let silent = tokio::net::TcpStream::connect(caller.tenant.url.socket_addrs(|| None).expect("an address")[0]).await;
    assert_eq!(caller.get("/api/system/info").await.status, 200);
    drop(silent);
    caller.tenant.stop().await;
    other.tenant.stop().await;
}

#[tokio::test]
async fn a_certificate_that_a_client_shows_is_the_tenants_or_refused() {
    let caller = secure(Settings::in_memory()).await;
    let authority = caller.tenant.ready.ca_pem.clone().expect("an authority");
    let row = caller
        .tenant
        .database()
        .fetch_one("select private_key from signing_keys where name = 'authority'", args![])
        .await
        .expect("a key");
    let ours = rcgen::KeyPair::from_pem(&row.get::<String>("private_key").expect("text")).expect("a key");
    let issuer = rcgen::Issuer::from_ca_cert_pem(&authority, ours).expect("an authority");
    let mut params = rcgen::CertificateParams::default();
    params.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let key = rcgen::KeyPair::generate().expect("a key");
    let good = params.clone().signed_by(&key, &issuer).expect("signs");
    let shown = trusting(&authority, Some((&good.pem(), &key.serialize_pem())));
    let health = |client: reqwest::Client| client.get(format!("{}/healthz", caller.tenant.ready.url)).send();
    assert_eq!(health(shown).await.expect("an answer").status(), 200);

    let stranger = params.self_signed(&key).expect("signs");
    let shown = trusting(&authority, Some((&stranger.pem(), &key.serialize_pem())));
    health(shown).await.expect_err("a stranger's certificate");
}

#[tokio::test]
async fn the_authority_is_kept_and_its_certificate_lies_beside_the_ready_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = || Settings { devices: 5, fleet: Pace::Stepped, ..Settings::in_folder(folder.path().join("uem")) };
    let caller = secure(settings()).await;
    let path = folder.path().join("ready.json");
    caller.tenant.ready.write(&path).expect("writes");
    let text: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).expect("reads")).expect("JSON");
    let beside = folder.path().join("ready.ca.pem");
    assert_eq!(text["ca_file"], beside.to_string_lossy().as_ref());
    assert!(text.get("ca_pem").is_none());
    let first = std::fs::read_to_string(&beside).expect("reads");
    assert_eq!(Some(&first), caller.tenant.ready.ca_pem.as_ref());
    caller.tenant.stop().await;
    let again = secure(settings()).await;
    assert_eq!(again.tenant.ready.ca_pem.as_ref(), Some(&first), "who trusted it still does");
    assert_eq!(read(again.bare(reqwest::Method::GET, "/healthz")).await.status, 200);
    again.tenant.stop().await;
}

#[tokio::test]
async fn others_are_not_served_in_clear_unless_it_is_wished() {
    let everywhere = "0.0.0.0:0".parse().expect("an address");
    let open = Settings { listen: everywhere, devices: 5, ..Settings::in_memory() };
    let refused = start(open.clone()).await.expect_err("in clear");
    assert_eq!(refused.kind(), Kind::InClear);
    let lab = Settings { lab: Some(everywhere), devices: 5, ..Settings::in_memory() };
    assert_eq!(start(lab).await.expect_err("in clear").kind(), Kind::InClear);
    let wished = start(Settings { plain_for_others: true, ..open.clone() }).await.expect("is wished");
    assert!(wished.ready.url.starts_with("http://127.0.0.1:"), "{}", wished.ready.url);
    let secure = start(Settings { tls: Some(Tls::default()), ..open }).await.expect("by TLS");
    assert!(secure.ready.url.starts_with("https://127.0.0.1:"));
}
