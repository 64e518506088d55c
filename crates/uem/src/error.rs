//! Why a tenant does not start. (What it answers to callers is `http::refusal`.)

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// A tenant could not be started, stepped or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("cannot use `{}`", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("`{}` does not hold the credentials of a tenant", path.display())]
    Credentials {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
    #[error("cannot listen on {address}")]
    Listen {
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
    /// A backup that cannot be made, or made a tenant of.
    #[error("`{}`: {why}", path.display())]
    Backup { path: PathBuf, why: String },
    #[error("{address} is open to others, who would send their passwords in clear")]
    InClear { address: SocketAddr },
    #[error("TLS cannot be set up: {why}")]
    Tls { why: String },
    #[error("the system gives no random numbers")]
    Random,
    /// A key, a certificate or a hash; the cause is in the log.
    #[error("{0} cannot be made or read")]
    Crypto(&'static str),
    /// The folder, or the database in it. The text is the store's own: it names what is wrong.
    #[error(transparent)]
    Store(#[from] muster_store::Error),
}

/// What a caller can do about an [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Another process has the folder: stop it, or take another folder.
    Locked,
    /// A file or folder cannot be read or written.
    File,
    /// The address is taken or not ours.
    Listen,
    /// It would be served without TLS to others than this machine.
    InClear,
    /// The database is damaged, foreign or full.
    Storage,
}

impl Error {
    /// What a caller can do about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Store(error) if error.kind() == muster_store::Kind::Locked => Kind::Locked,
            Self::Store(_) => Kind::Storage,
            Self::File { .. } | Self::Credentials { .. } | Self::Random | Self::Crypto(_) => Kind::File,
            Self::Backup { .. } => Kind::File,
            Self::Tls { .. } => Kind::File,
            Self::Listen { .. } => Kind::Listen,
            Self::InClear { .. } => Kind::InClear,
        }
    }
}
