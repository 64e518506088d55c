//! From a host's name to an open connection: names, addresses in parallel, a proxy on the way, TLS.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;
use rustls_pki_types::ServerName;
use tokio::net::{TcpStream, lookup_host};
use tokio_rustls::TlsConnector;
use url::{Host, Url};

use super::Broken;
use super::proxy::{self, Proxy};
use crate::NoConnection;
use crate::outside::{Link, Outside};
use crate::retry::connection::tls_cause_of;

/// An open connection of any kind.
pub(super) type Stream = Box<dyn Link>;

/// An address that does not answer is given this long before the next one of the same name is tried beside it
/// (RFC 8305).
const NEXT_ADDRESS: Duration = Duration::from_millis(250);

/// Where to connect to, and how.
pub(super) struct Target {
    host: Host<String>,
    port: u16,
    /// TLS with this name.
    tls: Option<ServerName<'static>>,
    proxy: Option<Proxy>,
    outside: Option<Arc<dyn Outside>>,
}

impl Target {
    pub(super) fn new(url: &Url, proxy: Option<&Proxy>, outside: Option<Arc<dyn Outside>>) -> Option<Self> {
        let (host, port) = (url.host()?.to_owned(), url.port_or_known_default()?);
        let tls = match url.scheme() {
            "https" => Some(server_name(&host)?),
            _ => None,
        };
        Some(Self { host, port, tls, proxy: proxy.cloned(), outside })
    }

    pub(super) fn secure(&self) -> bool {
        self.tls.is_some()
    }

    /// Host and port as they stand in `Host`: without the usual port.
    pub(super) fn authority(&self) -> String {
        let usual = if self.secure() { 443 } else { 80 };
        if self.port == usual { self.host.to_string() } else { format!("{}:{}", self.host, self.port) }
    }

    async fn reach(&self, host: &Host<String>, port: u16) -> Result<Stream, Broken> {
        let Some(outside) = &self.outside else { return Ok(Box::new(tcp(host, port).await?)) };
        outside.connect(&host.to_string(), port).await.map_err(unreachable)
    }

    /// `tls` is for the host itself, `others` for a proxy on the way to it.
    pub(super) async fn connect(&self, tls: &TlsConnector, others: &TlsConnector) -> Result<Stream, Broken> {
        let mut stream: Stream = match &self.proxy {
            None => self.reach(&self.host, self.port).await?,
            Some(proxy) => {
                let mut stream = self.reach(&proxy.host, proxy.port).await?;
                if proxy.secure {
                    let name = server_name(&proxy.host).ok_or_else(|| no_connection(NoConnection::Proxy, "no name"))?;
                    stream = Box::new(others.connect(name, stream).await.map_err(tls_failed)?);
                }
                if self.tls.is_some() {
                    proxy::tunnel(&mut stream, &format!("{}:{}", self.host, self.port), proxy).await?;
                }
                stream
            }
        };
        if let Some(name) = &self.tls {
            stream = Box::new(tls.connect(name.clone(), stream).await.map_err(tls_failed)?);
        }
        Ok(stream)
    }
}

fn server_name(host: &Host<String>) -> Option<ServerName<'static>> {
    match host {
        Host::Domain(name) => ServerName::try_from(name.clone()).ok(),
        Host::Ipv4(address) => Some(ServerName::from(IpAddr::V4(*address))),
        Host::Ipv6(address) => Some(ServerName::from(IpAddr::V6(*address))),
    }
}

async fn tcp(host: &Host<String>, port: u16) -> Result<TcpStream, Broken> {
    let addresses: Vec<SocketAddr> = match host {
        Host::Ipv4(address) => vec![(IpAddr::V4(*address), port).into()],
        Host::Ipv6(address) => vec![(IpAddr::V6(*address), port).into()],
        Host::Domain(name) => match lookup_host((name.as_str(), port)).await {
            Ok(found) => in_turns(found.collect()),
            Err(error) => return Err(failed(NoConnection::NoSuchHost, error)),
        },
    };
    let stream = first(addresses).await.map_err(unreachable)?;
    // Small requests must not wait for the acknowledgement of the last one. Without it they are only slower.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

/// Addresses of both families in turns, the resolver's favourite first.
fn in_turns(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let favourite = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (one, other): (Vec<_>, Vec<_>) = addresses.into_iter().partition(|address| address.is_ipv6() == favourite);
    let (mut one, mut other) = (one.into_iter(), other.into_iter());
    let mut turns = Vec::new();
    loop {
        let pair = [one.next(), other.next()];
        if pair == [None, None] {
            return turns;
        }
        turns.extend(pair.into_iter().flatten());
    }
}

/// The first address that answers.
async fn first(addresses: Vec<SocketAddr>) -> io::Result<TcpStream> {
    let mut waiting = addresses.into_iter();
    let mut trying = FuturesUnordered::new();
    let mut failure = io::Error::new(io::ErrorKind::AddrNotAvailable, "the name has no address");
    trying.extend(waiting.next().map(TcpStream::connect));
    loop {
        let more = waiting.len() > 0;
        tokio::select! {
            tried = trying.next() => match tried {
                Some(Ok(stream)) => return Ok(stream),
                Some(Err(error)) => {
                    failure = error;
                    trying.extend(waiting.next().map(TcpStream::connect));
                }
                None => return Err(failure),
            },
            () = tokio::time::sleep(NEXT_ADDRESS), if more => {
                trying.extend(waiting.next().map(TcpStream::connect));
            }
        }
    }
}

fn unreachable(error: io::Error) -> Broken {
    let cause = match error.kind() {
        io::ErrorKind::ConnectionRefused => NoConnection::Refused,
        io::ErrorKind::TimedOut => NoConnection::TimedOut,
        io::ErrorKind::AddrNotAvailable if error.get_ref().is_some() => NoConnection::NoSuchHost,
        _ => NoConnection::Other,
    };
    failed(cause, error)
}

fn tls_failed(error: io::Error) -> Broken {
    failed(tls_cause_of(&error), error)
}

fn failed(cause: NoConnection, error: io::Error) -> Broken {
    Broken::NoConnection { cause, source: Arc::new(error) }
}

pub(super) fn no_connection(cause: NoConnection, why: &str) -> Broken {
    failed(cause, io::Error::other(why.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_families_get_their_turn() {
        let address = |text: &str| text.parse::<SocketAddr>().expect("an address");
        let given = ["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"].map(address).to_vec();
        assert_eq!(in_turns(given), ["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"].map(address));
        assert!(in_turns(Vec::new()).is_empty());
    }

    #[tokio::test]
    async fn an_address_that_refuses_does_not_stop_the_next_one() {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let open = listener.local_addr().expect("an address");
        let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let refuses = closed.local_addr().expect("an address");
        drop(closed);
        let stream = first(vec![refuses, open]).await.expect("connects");
        assert_eq!(stream.peer_addr().expect("a peer"), open);
        assert_eq!(first(vec![refuses]).await.expect_err("refused").kind(), io::ErrorKind::ConnectionRefused);
    }

    #[test]
    fn the_usual_port_is_not_named() {
        let authority = |url: &str| Target::new(&url.parse().expect("a URL"), None, None).expect("a host").authority();
        assert_eq!(authority("https://a.example.com"), "a.example.com");
        assert_eq!(authority("http://a.example.com:443"), "a.example.com:443");
        assert_eq!(authority("https://[::1]:8443"), "[::1]:8443");
    }
}
