//! Where connections come in: as they are, after a TLS handshake, or from within this process.
//!
//! Handshakes run beside each other and beside the door, so that one who connects and says nothing keeps nobody out.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig};
use tokio::io::{DuplexStream, Result};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;

use super::wire::{Stream, Wire};

/// A handshake that takes longer is given up.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Handshakes that run beside each other.
const AT_ONCE: usize = 256;

/// What TLS needs: the server's certificate with the chain behind it and its key, and whose clients' certificates
/// are believed. All PEM.
pub(crate) struct Identity<'a> {
    pub(crate) chain: &'a str,
    pub(crate) key: &'a str,
    pub(crate) clients: &'a str,
}

/// The TLS of a server: 1.2 and 1.3; a client may show a certificate, and one that it shows must be good.
///
/// # Errors
/// What is wrong with the identity.
pub(crate) fn tls(identity: &Identity<'_>) -> std::result::Result<TlsAcceptor, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let certificates = |pem: &str| {
        let read = CertificateDer::pem_slice_iter(pem.as_bytes()).collect::<std::result::Result<Vec<_>, _>>();
        read.map_err(|error| error.to_string())
    };
    let mut roots = RootCertStore::empty();
    for root in certificates(identity.clients)? {
        roots.add(root).map_err(|error| error.to_string())?;
    }
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .allow_unauthenticated()
        .build()
        .map_err(|error| error.to_string())?;
    let key = PrivateKeyDer::from_pem_slice(identity.key.as_bytes()).map_err(|error| error.to_string())?;
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?
        .with_client_cert_verifier(clients)
        .with_single_cert(certificates(identity.chain)?, key)
        .map_err(|error| error.to_string())?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// Accepts connections that can be cut.
pub(super) enum Door {
    Plain(TcpListener),
    Secure {
        shaken: mpsc::Receiver<(Wire, SocketAddr)>,
        address: SocketAddr,
    },
    /// No socket at all: whoever is in this process hands connections over.
    Inside {
        dialled: mpsc::UnboundedReceiver<DuplexStream>,
        address: SocketAddr,
    },
}

/// What a door opens on.
pub(crate) enum Doorway {
    Socket(TcpListener, Option<TlsAcceptor>),
    Inside(mpsc::UnboundedReceiver<DuplexStream>, SocketAddr),
}

impl Door {
    pub(super) fn open(doorway: Doorway) -> Result<Self> {
        let (listener, tls) = match doorway {
            Doorway::Inside(dialled, address) => return Ok(Self::Inside { dialled, address }),
            Doorway::Socket(listener, None) => return Ok(Self::Plain(listener)),
            Doorway::Socket(listener, Some(tls)) => (listener, tls),
        };
        let address = listener.local_addr()?;
        let (hand_over, shaken) = mpsc::channel(AT_ONCE);
        tokio::spawn(shake_hands(listener, tls, hand_over));
        Ok(Self::Secure { shaken, address })
    }
}

async fn shake_hands(mut listener: TcpListener, tls: TlsAcceptor, hand_over: mpsc::Sender<(Wire, SocketAddr)>) {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    loop {
        // It is never closed.
        let Ok(place) = Arc::clone(&places).acquire_owned().await else { return };
        let (stream, address) = tokio::select! {
            accepted = accept(&mut listener) => accepted,
            () = hand_over.closed() => return,
        };
        let (tls, hand_over) = (tls.clone(), hand_over.clone());
        tokio::spawn(async move {
            match tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
                // The receiver is gone when the tenant stops.
                Ok(Ok(stream)) => {
                    drop(hand_over.send((Wire::new(Stream::Tls(Box::new(stream)), address), address)).await)
                }
                Ok(Err(error)) => tracing::debug!(%address, %error, "no TLS handshake"),
                Err(_) => tracing::debug!(%address, "a TLS handshake took too long"),
            }
            drop(place);
        });
    }
}

async fn accept(listener: &mut TcpListener) -> (TcpStream, SocketAddr) {
    // The listener of axum waits when the system is short of sockets.
    let (stream, address) = Listener::accept(listener).await;
    // Answers are small and complete: waiting to fill a packet only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection delays its packets");
    }
    (stream, address)
}

impl Listener for Door {
    type Io = Wire;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Wire, SocketAddr) {
        match self {
            Self::Plain(listener) => {
                let (stream, address) = accept(listener).await;
                (Wire::new(Stream::Plain(stream), address), address)
            }
            Self::Secure { shaken, .. } => match shaken.recv().await {
                Some(shaken) => shaken,
                // Only if the task is gone, which is when the program ends.
                None => std::future::pending().await,
            },
            Self::Inside { dialled, address } => match dialled.recv().await {
                Some(stream) => (Wire::new(Stream::Inside(stream), *address), *address),
                // The tenant is being dropped.
                None => std::future::pending().await,
            },
        }
    }

    fn local_addr(&self) -> Result<SocketAddr> {
        match self {
            Self::Plain(listener) => listener.local_addr(),
            Self::Secure { address, .. } | Self::Inside { address, .. } => Ok(*address),
        }
    }
}
