//! One connection. It has no task of its own: whoever waits for its answer drives it, which saves two changes of
//! task per request, and while nobody waits there is nothing to do.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Context, Waker};
use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use hyper::client::conn::http1::{Connection, SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::time::Instant;

use super::Sent;
use super::dial::Stream;

pub(super) struct Lane {
    sender: SendRequest<Full<Bytes>>,
    /// `None` once it has ended.
    connection: Driven,
    idle_since: Instant,
}

impl Lane {
    pub(super) async fn new(stream: Stream) -> Result<Self, hyper::Error> {
        let (sender, connection) = handshake(TokioIo::new(stream)).await?;
        Ok(Self { sender, connection: Some(Box::pin(connection)), idle_since: Instant::now() })
    }

    /// Sends a request. It comes back with the error if it was never begun.
    pub(super) async fn send(&mut self, request: Request<Full<Bytes>>) -> Sent {
        let Self { sender, connection, .. } = self;
        let ready = poll_fn(|cx| {
            drive(connection, cx);
            sender.poll_ready(cx)
        });
        if let Err(error) = ready.await {
            return Err((error, Some(request)));
        }
        let sent = self.sender.try_send_request(request);
        let sent = driving(&mut self.connection, sent).await;
        sent.map_err(|mut error| {
            let unsent = error.take_message();
            (error.into_error(), unsent)
        })
    }

    /// Waits for something that only this connection can bring.
    pub(super) async fn driving<F: Future>(&mut self, future: F) -> F::Output {
        driving(&mut self.connection, future).await
    }

    /// Whether the server has not closed it. What has arrived is looked at, nothing is waited for.
    pub(super) fn is_open(&mut self) -> bool {
        drive(&mut self.connection, &mut Context::from_waker(Waker::noop()));
        self.connection.is_some() && !self.sender.is_closed()
    }

    /// Begins to idle; `false` if it will not carry another request.
    pub(super) fn rest(&mut self) -> bool {
        self.idle_since = Instant::now();
        self.connection.is_some() && !self.sender.is_closed()
    }

    pub(super) fn idle_for(&self) -> Duration {
        self.idle_since.elapsed()
    }
}

type Driven = Option<Pin<Box<Connection<TokioIo<Stream>, Full<Bytes>>>>>;

/// Lets the connection read and write what it can. How it ends is told to whoever waits for an answer.
fn drive(connection: &mut Driven, cx: &mut Context<'_>) {
    if connection.as_mut().is_some_and(|connection| connection.as_mut().poll(cx).is_ready()) {
        *connection = None;
    }
}

async fn driving<F: Future>(connection: &mut Driven, future: F) -> F::Output {
    let mut future = pin!(future);
    poll_fn(|cx| {
        drive(connection, cx);
        future.as_mut().poll(cx)
    })
    .await
}
