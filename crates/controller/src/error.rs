//! What can go wrong in this room.

use std::net::SocketAddr;

/// Why the controller could not do what it was asked. What goes wrong *inside* a run, such as a tenant
/// that does not answer, is a fact of that run and not an error of the controller.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database failed.
    #[error("the controller's records cannot be {action}")]
    Store {
        /// `read`, `written`, …
        action: &'static str,
        #[source]
        source: muster_store::Error,
    },
    /// The engine failed for a reason that is not the run's.
    #[error("the engine's records cannot be read")]
    Engine(#[source] muster_engine::Error),
    /// A stored value is not what this program writes.
    #[error("the {table} table holds a {what} that cannot be read: `{value}`")]
    Corrupt { table: &'static str, what: &'static str, value: String },
    /// The settings contradict themselves or what is possible.
    #[error("{0}")]
    Settings(String),
    /// The dashboard would be open to the network.
    #[error(
        "the dashboard has no sign-in yet, so it listens on a loopback address only (127.0.0.1 or [::1]), not on {0}"
    )]
    NotLoopback(SocketAddr),
    /// The dashboard's port cannot be had.
    #[error("cannot listen on {address}")]
    Listen {
        address: SocketAddr,
        #[source]
        source: std::io::Error,
    },
    /// The web server broke off.
    #[error("the dashboard broke off")]
    Serve(#[source] std::io::Error),
    /// No TLS set-up for the webhook.
    #[error("the webhook's connection cannot be set up")]
    Webhook(#[source] reqwest::Error),
    /// A page could not be written.
    #[error("the page cannot be rendered")]
    Page(#[from] askama::Error),
}

/// What a caller decides by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The database needs attention.
    Store,
    /// What was asked for is not possible.
    Usage,
    /// The machine does not let us: a port that is taken.
    System,
    /// A defect of this program or of the stored data.
    Bug,
}

impl Error {
    /// The class of the error.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Store { .. } | Self::Engine(_) => Kind::Store,
            Self::Settings(_) | Self::NotLoopback(_) => Kind::Usage,
            Self::Listen { .. } | Self::Serve(_) | Self::Webhook(_) => Kind::System,
            Self::Corrupt { .. } | Self::Page(_) => Kind::Bug,
        }
    }

    pub(crate) fn reading(source: muster_store::Error) -> Self {
        Self::Store { action: "read", source }
    }

    pub(crate) fn writing(source: muster_store::Error) -> Self {
        Self::Store { action: "written", source }
    }
}

/// An error and its sources in one line, for rows and pages.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        // Some libraries repeat their source in their own text.
        if !line.contains(&text) {
            line.push_str(": ");
            line.push_str(&text);
        }
        source = cause.source();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_told_with_its_sources() {
        let error = Error::Listen {
            address: SocketAddr::from(([127, 0, 0, 1], 80)),
            source: std::io::Error::other("permission denied"),
        };
        assert_eq!(chain(&error), "cannot listen on 127.0.0.1:80: permission denied");
    }
}
