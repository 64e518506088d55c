//! HTTP/1.1 to a few fixed hosts, over hyper: connections are dialled, kept and used again here, and a request can
//! only go to an [`Origin`] that the settings named.
//!
//! Not here: what a request or an answer means, and whether it is sent again.

mod dial;
mod gzip;
mod lane;
mod proxy;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{ACCEPT_ENCODING, HOST, HeaderMap, HeaderValue, USER_AGENT};
use http::{Request, Response, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::{Body as _, Incoming};
use tokio::time::{Instant, sleep_until};
use url::Url;

use self::lane::Lane;
use crate::error::Source;
use crate::retry::connection::client_refused;
use crate::tls::Connectors;
use crate::writer::Proviso;
use crate::{Error, NoConnection, Outside, Settings};
pub(crate) use proxy::Proxies;

/// Longest time a connection may idle before it is closed: less than what servers and balancers allow, since
/// a request sent into a connection that the server just closed is a lost one.
const IDLE: Duration = Duration::from_secs(30);

/// No list page of this API comes near; more is something else, and would fill the memory.
pub(crate) const LARGEST_ANSWER: usize = 64 << 20;

/// What all requests of one client share.
pub(crate) struct Http {
    tls: Connectors,
    timeout: Duration,
    connect_timeout: Duration,
    user_agent: HeaderValue,
    proxies: Proxies,
    outside: Option<Arc<dyn Outside>>,
}

/// One host that may be spoken to, with its idle connections.
pub(crate) struct Origin {
    dial: dial::Target,
    /// Whether it is the tenant's host.
    tenant: bool,
    host: HeaderValue,
    /// `http://host` before the path, for a proxy that passes plain requests on.
    absolute: Option<String>,
    /// What such a proxy wants to see.
    proxy_authorization: Option<HeaderValue>,
    /// The most recently used one is last.
    idle: Mutex<Vec<Lane>>,
}

/// An answer as it came.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    /// As far as it could be read.
    pub(crate) body: Bytes,
    /// Why not to the end.
    pub(crate) cut: Option<Cut>,
}

/// Why the body of an answer was not read to its end.
pub(crate) enum Cut {
    TooLarge,
    Lost(Broken),
}

/// No answer, and why.
#[derive(Debug)]
pub(crate) enum Broken {
    /// Nothing was sent.
    NoConnection { cause: NoConnection, source: Source },
    /// Nothing was sent, because it may not any more.
    Withdrawn,
    /// It was sent, or part of it.
    Lost { timed_out: bool, not_http: bool, source: Source },
}

impl Http {
    pub(crate) fn new(settings: &Settings, tls: Connectors, proxies: Proxies) -> Result<Self, Error> {
        let user_agent = HeaderValue::from_str(&settings.user_agent)
            .map_err(|_| Error::Invalid("the user agent contains characters that no header can carry".to_owned()))?;
        let (timeout, connect_timeout) = (settings.timeout, settings.connect_timeout);
        Ok(Self { tls, timeout, connect_timeout, user_agent, proxies, outside: settings.outside.clone() })
    }

    /// The tenant's host, which is shown the client certificate if there is one.
    pub(crate) fn tenant(&self, url: &Url) -> Result<Origin, Error> {
        Ok(Origin { tenant: true, ..self.origin(url)? })
    }

    /// Another host that may be spoken to.
    pub(crate) fn origin(&self, url: &Url) -> Result<Origin, Error> {
        let wrong =
            || Error::Invalid(format!("`{}` names no host that can be spoken to", url.origin().ascii_serialization()));
        let proxy = self.proxies.of(url);
        let dial = dial::Target::new(url, proxy.as_ref(), self.outside.clone()).ok_or_else(wrong)?;
        let passed_on = proxy.filter(|_| !dial.secure());
        Ok(Origin {
            host: HeaderValue::from_str(&dial.authority()).map_err(|_| wrong())?,
            absolute: passed_on.as_ref().map(|_| format!("http://{}", dial.authority())),
            proxy_authorization: passed_on.and_then(|proxy| proxy.authorization),
            dial,
            tenant: false,
            idle: Mutex::default(),
        })
    }

    /// Sends one request to an origin and reads the answer. The request says method, path and its own headers; it stays
    /// here if it may not leave when there is a connection for it.
    pub(crate) async fn exchange(
        &self,
        origin: &Origin,
        mut request: Request<Full<Bytes>>,
        proviso: Option<&Proviso>,
    ) -> Result<Answer, Broken> {
        self.address(origin, &mut request)?;
        // One deadline for sending and for the answer, however many idle connections turn out to be closed.
        let mut deadline = std::pin::pin!(sleep_until(Instant::now()));
        loop {
            let (mut lane, fresh) = match origin.idle() {
                Some(lane) => (lane, false),
                None => (self.dial(origin).await?, true),
            };
            if proviso.is_some_and(|holds| !holds()) {
                origin.keep(lane);
                return Err(Broken::Withdrawn);
            }
            deadline.as_mut().reset(Instant::now() + self.timeout);
            let sent = tokio::select! {
                biased;
                sent = lane.send(request) => sent,
                () = &mut deadline => return Err(Broken::too_late()),
            };
            let response = match sent {
                Ok(response) => response,
                // The server closed an idle connection before anything of the request had left.
                Err((_, Some(unsent))) if !fresh => {
                    request = unsent;
                    continue;
                }
                Err((error, _)) => return Err(Broken::of(error)),
            };
            let (head, body) = response.into_parts();
            let mut answer = Answer { status: head.status, headers: head.headers, body: Bytes::new(), cut: None };
            let read = tokio::select! {
                biased;
                read = read(&mut lane, body, &answer.headers) => read,
                () = &mut deadline => (Bytes::new(), Some(Cut::Lost(Broken::too_late()))),
            };
            (answer.body, answer.cut) = read;
            if answer.cut.is_none() {
                origin.keep(lane);
                gzip::unpack(&mut answer);
            }
            return Ok(answer);
        }
    }

    /// Connects before there is something to say.
    pub(crate) async fn warm(&self, origin: &Origin) -> Result<(), Broken> {
        origin.keep(self.dial(origin).await?);
        Ok(())
    }

    /// Connects, and says nothing.
    pub(crate) async fn knock(&self, origin: &Origin) -> Result<(), Broken> {
        self.dial(origin).await.map(|_| ())
    }

    /// Fills in what every request to this origin carries.
    fn address(&self, origin: &Origin, request: &mut Request<Full<Bytes>>) -> Result<(), Broken> {
        if let Some(before) = &origin.absolute {
            let uri = format!("{before}{}", request.uri());
            *request.uri_mut() = uri.parse::<Uri>().map_err(|error| Broken::Lost {
                timed_out: false,
                not_http: false,
                source: Arc::new(error),
            })?;
        }
        let headers = request.headers_mut();
        headers.insert(HOST, origin.host.clone());
        headers.insert(USER_AGENT, self.user_agent.clone());
        headers.insert(ACCEPT_ENCODING, const { HeaderValue::from_static("gzip") });
        if let Some(value) = &origin.proxy_authorization {
            headers.insert(http::header::PROXY_AUTHORIZATION, value.clone());
        }
        Ok(())
    }

    async fn dial(&self, origin: &Origin) -> Result<Lane, Broken> {
        let dialled = async {
            let tls = if origin.tenant { &self.tls.tenant } else { &self.tls.others };
            let stream = origin.dial.connect(tls, &self.tls.others).await?;
            Lane::new(stream).await.map_err(Broken::of)
        };
        tokio::time::timeout(self.connect_timeout, dialled)
            .await
            .unwrap_or_else(|late| Err(Broken::NoConnection { cause: NoConnection::TimedOut, source: Arc::new(late) }))
    }
}

impl Origin {
    /// A connection that was open when it was last looked at.
    fn idle(&self) -> Option<Lane> {
        loop {
            let mut lane = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if lane.idle_for() < IDLE && lane.is_open() {
                return Some(lane);
            }
        }
    }

    /// Keeps a connection whose answer has been read to its end.
    fn keep(&self, mut lane: Lane) {
        if !lane.rest() {
            return;
        }
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.first().is_some_and(|oldest| oldest.idle_for() >= IDLE) {
            idle.remove(0);
        }
        idle.push(lane);
    }
}

/// Reads a body to its end, or to the largest size.
async fn read(lane: &mut Lane, mut body: Incoming, headers: &HeaderMap) -> (Bytes, Option<Cut>) {
    let (mut first, mut rest) = (Bytes::new(), BytesMut::new());
    while !body.is_end_stream() {
        let frame = match lane.driving(body.frame()).await {
            None => break,
            Some(Ok(frame)) => frame,
            Some(Err(error)) => return (joined(first, rest), Some(Cut::Lost(Broken::of(error)))),
        };
        let Ok(data) = frame.into_data() else { continue };
        if first.len() + rest.len() + data.len() > LARGEST_ANSWER {
            return (joined(first, rest), Some(Cut::TooLarge));
        }
        if first.is_empty() && rest.is_empty() {
            first = data;
            continue;
        }
        if rest.is_empty() {
            let length = headers.get(http::header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
            rest.reserve(length.unwrap_or(2 * first.len()).min(LARGEST_ANSWER));
            rest.extend_from_slice(&std::mem::take(&mut first));
        }
        rest.extend_from_slice(&data);
    }
    (joined(first, rest), None)
}

fn joined(first: Bytes, rest: BytesMut) -> Bytes {
    if rest.is_empty() { first } else { rest.freeze() }
}

impl Broken {
    fn too_late() -> Self {
        let source = Arc::new(std::io::Error::from(std::io::ErrorKind::TimedOut));
        Self::Lost { timed_out: true, not_http: false, source }
    }

    fn of(error: hyper::Error) -> Self {
        // In TLS 1.3 a server looks at the client's certificate when the handshake is over on this side; it refuses
        // before it has read a request.
        if let Some(cause) = client_refused(&error) {
            return Self::NoConnection { cause, source: Arc::new(error) };
        }
        // A peer that speaks something else (TLS, SSH) fails in the parser.
        Self::Lost { timed_out: false, not_http: error.is_parse(), source: Arc::new(error) }
    }
}

/// What [`Lane::send`] gives: the answer's head, or the error with the request if none of it has left.
type Sent = Result<Response<Incoming>, (hyper::Error, Option<Request<Full<Bytes>>>)>;
