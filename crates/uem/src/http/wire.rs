//! A connection, plain, from within or TLS, that can be cut: how an answer gets lost after its effect was committed.

use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf, Result};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::door::Door;

/// Cuts one connection: nothing more is written to it, and it closes.
#[derive(Debug, Clone, Default)]
pub(super) struct Scissors(Arc<AtomicBool>);

impl Scissors {
    pub(super) fn cut(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn check(&self) -> Result<()> {
        if self.0.load(Ordering::SeqCst) { Err(std::io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

/// Who is at the other end, as the connection itself tells it.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(crate) address: IpAddr,
    /// The client's certificate (DER), proven in a TLS handshake that asked for one.
    pub(crate) client_certificate: Option<Arc<[u8]>>,
}

/// What a request knows about the connection that it came over.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) peer: Peer,
    pub(super) scissors: Scissors,
}

/// A connection of any kind.
pub(super) enum Stream {
    Plain(TcpStream),
    /// From within this process.
    Inside(DuplexStream),
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection that can be cut.
pub(super) struct Wire {
    stream: Stream,
    line: Line,
}

impl Wire {
    pub(super) fn new(stream: Stream, address: SocketAddr) -> Self {
        let client_certificate = match &stream {
            Stream::Plain(_) | Stream::Inside(_) => None,
            Stream::Tls(stream) => stream.get_ref().1.peer_certificates().and_then(<[_]>::first),
        };
        let client_certificate = client_certificate.map(|certificate| Arc::from(certificate.as_ref()));
        let peer = Peer { address: address.ip().to_canonical(), client_certificate };
        Self { line: Line { peer, scissors: Scissors::default() }, stream }
    }
}

impl Connected<IncomingStream<'_, Door>> for Line {
    fn connect_info(stream: IncomingStream<'_, Door>) -> Self {
        stream.io().line.clone()
    }
}

/// The same call on whichever kind of connection it is.
macro_rules! on {
    ($wire:expr, $stream:ident => $call:expr) => {
        match &mut $wire.stream {
            Stream::Plain(stream) => {
                let $stream = Pin::new(stream);
                $call
            }
            Stream::Inside(stream) => {
                let $stream = Pin::new(stream);
                $call
            }
            Stream::Tls(stream) => {
                let $stream = Pin::new(stream.as_mut());
                $call
            }
        }
    };
}

impl AsyncRead for Wire {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        on!(self, stream => stream.poll_read(context, buffer))
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        self.line.scissors.check()?;
        on!(self, stream => stream.poll_write(context, bytes))
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[std::io::IoSlice<'_>],
    ) -> Poll<Result<usize>> {
        self.line.scissors.check()?;
        on!(self, stream => stream.poll_write_vectored(context, parts))
    }

    fn is_write_vectored(&self) -> bool {
        match &self.stream {
            Stream::Plain(stream) => stream.is_write_vectored(),
            Stream::Inside(stream) => stream.is_write_vectored(),
            Stream::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        on!(self, stream => stream.poll_flush(context))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        on!(self, stream => stream.poll_shutdown(context))
    }
}
