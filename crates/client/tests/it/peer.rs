//! Peers that the UEM cannot play: servers with bad certificates, proxies, and things that are no server.

use std::net::SocketAddr;
use std::sync::Arc;

use muster_client::{Credentials, RetrySettings, Settings};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

pub(crate) const PASSWORD: &str = "swordfish-9";
pub(crate) const TENANT_CODE: &str = "kQ3/zz+code==";

/// Settings for a URL, with short waits.
pub(crate) fn settings(url: &str) -> Settings {
    let credentials = Credentials::Basic {
        username: "api".to_owned(),
        password: PASSWORD.to_owned().into(),
        tenant_code: TENANT_CODE.to_owned().into(),
    };
    let mut settings = Settings::new(url.parse().expect("a URL"), credentials);
    settings.retry = RetrySettings { base: std::time::Duration::from_millis(5), ..settings.retry };
    settings
}

/// A plain answer as it stands on the wire.
pub(crate) fn answer(status: &str, content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

/// Listens on loopback and answers every request with the same bytes.
pub(crate) async fn plain(answer: String) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(converse(stream, answer.clone()));
        }
    });
    address
}

/// The same behind TLS.
pub(crate) async fn secure(identity: Identity, answer: String) -> SocketAddr {
    let provider = Arc::new(tokio_rustls::rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(identity.chain, identity.key)
        .expect("a certificate");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, answer) = (acceptor.clone(), answer.clone());
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    converse(stream, answer).await;
                }
            });
        }
    });
    address
}

async fn converse(mut stream: impl AsyncRead + AsyncWrite + Unpin, answer: String) {
    let mut head = Vec::new();
    let mut buffer = [0; 1024];
    // A TLS greeting (0x16) has no head to wait for.
    while !head.starts_with(&[0x16]) && !head.windows(4).any(|window| window == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(read) if read > 0 => head.extend_from_slice(&buffer[..read]),
            _ => return,
        }
    }
    // The client may have gone; that is its business.
    let _ = stream.write_all(answer.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// What a server shows.
pub(crate) struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// A private authority.
pub(crate) struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("no names");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        Self(CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("a certificate"))
    }

    pub(crate) fn pem(&self) -> Vec<u8> {
        self.0.pem().into_bytes()
    }

    /// A certificate for a name, valid in the given years.
    pub(crate) fn issue(&self, name: &str, from: i32, to: i32) -> Identity {
        let key = KeyPair::generate().expect("a key");
        let certificate = params(name, from, to).signed_by(&key, &self.0).expect("a certificate");
        identity(certificate.der().clone(), &key)
    }
}

pub(crate) fn self_signed(name: &str) -> Identity {
    let key = KeyPair::generate().expect("a key");
    let certificate = params(name, 2020, 2100).self_signed(&key).expect("a certificate");
    identity(certificate.der().clone(), &key)
}

fn params(name: &str, from: i32, to: i32) -> CertificateParams {
    let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
    params.not_before = date_time_ymd(from, 1, 1);
    params.not_after = date_time_ymd(to, 1, 1);
    params
}

fn identity(certificate: CertificateDer<'static>, key: &KeyPair) -> Identity {
    let key = PrivateKeyDer::try_from(key.serialize_der()).expect("PKCS #8");
    Identity { chain: vec![certificate], key }
}
