//! A record as a message of RFC 5424, and its way to a collector: a datagram each, or counted by octets (RFC 6587).

use muster_engine::{AuditRecord, Severity};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpStream, UdpSocket};

use crate::error::{Exit, Failure};

/// Log audit.
const FACILITY: u8 = 13;

/// `<109>1 2026-11-26T00:00:00Z host muster - task.done - {…}`.
pub(super) fn message(record: &AuditRecord, host: &str) -> String {
    let severity = match record.severity() {
        Severity::Alert => 1,
        Severity::Warning => 4,
        Severity::Notice => 5,
        Severity::Info => 6,
    };
    let at = record.at.strftime("%Y-%m-%dT%H:%M:%S%.6fZ");
    let (host, event) = (word(host, 255), word(&record.event, 32));
    format!("<{}>1 {at} {host} muster - {event} - {}", FACILITY * 8 + severity, record.to_line())
}

/// A field of the header: printable ASCII without spaces, or nothing.
fn word(text: &str, longest: usize) -> String {
    let word: String = text.chars().filter(char::is_ascii_graphic).take(longest).collect();
    if word.is_empty() { String::from("-") } else { word }
}

/// Where messages go.
pub(super) enum Collector {
    Udp(UdpSocket),
    Tcp(TcpStream),
}

impl Collector {
    /// `udp://HOST:PORT` or `tcp://HOST:PORT`; `None` if it is neither.
    pub(super) async fn connect(address: &str) -> Result<Option<Self>, Failure> {
        let failed = |error: std::io::Error| {
            Failure::new(Exit::Unreachable, "E_UNREACHABLE", format!("cannot reach {address}"))
                .because(error.to_string())
        };
        if let Some(place) = address.strip_prefix("tcp://") {
            return TcpStream::connect(place).await.map(|stream| Some(Self::Tcp(stream))).map_err(failed);
        }
        let Some(place) = address.strip_prefix("udp://") else { return Ok(None) };
        let socket =
            UdpSocket::bind(if place.starts_with('[') { "[::]:0" } else { "0.0.0.0:0" }).await.map_err(failed)?;
        socket.connect(place).await.map_err(failed)?;
        Ok(Some(Self::Udp(socket)))
    }

    pub(super) async fn send(&mut self, message: &str) -> Result<(), Failure> {
        let sent = match self {
            Self::Udp(socket) => socket.send(message.as_bytes()).await.map(|_| ()),
            Self::Tcp(stream) => stream.write_all(format!("{} {message}", message.len()).as_bytes()).await,
        };
        sent.map_err(|error| {
            Failure::new(Exit::Unreachable, "E_UNREACHABLE", "the collector takes no more").because(error.to_string())
        })
    }

    /// Waits until everything is on its way.
    pub(super) async fn close(self) -> Result<(), Failure> {
        match self {
            Self::Udp(_) => Ok(()),
            Self::Tcp(mut stream) => stream.shutdown().await.map_err(|error| {
                Failure::new(Exit::Unreachable, "E_UNREACHABLE", "the collector takes no more")
                    .because(error.to_string())
            }),
        }
    }
}
