//! The two things that a client cannot make by itself: a connection to a host, and chance. Both come from the machine,
//! unless whoever connects brings others: a network that is simulated, and numbers that can be drawn again.

use std::io;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite};

/// A connection of any kind.
pub trait Link: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Link for T {}

/// What stands in for the machine.
pub trait Outside: std::fmt::Debug + Send + Sync {
    /// Connects to a host; TLS comes on top of it.
    fn connect<'a>(&'a self, host: &'a str, port: u16) -> BoxFuture<'a, io::Result<Box<dyn Link>>>;

    /// A number from 0 to 1, by which waits are spread.
    fn chance(&self) -> f64;
}

/// A number from 0 to 1, from whoever has them.
pub(crate) fn chance(outside: Option<&Arc<dyn Outside>>) -> f64 {
    outside.map_or_else(rand::random, |outside| outside.chance())
}
